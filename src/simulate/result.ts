/** One policy on one trace. GPU-hours are of node time: a node of four GPUs that idles an hour idles four. */
export interface PolicyResult {
  readonly policy: string;
  readonly jobs: number;
  /** All but those that no node fits. */
  readonly completed: number;
  /** Nodes with jobs on them, what was lost to an interruption and is done again included. */
  readonly busyGpuHours: number;
  /** Nodes that are ready and have none, or wait for the rest of a gang. */
  readonly idleGpuHours: number;
  /** Nodes that are launched and not ready. */
  readonly bootGpuHours: number;
  /** All node time at its price from launch on, 60 seconds at least for each launch; nodes end with the last job. */
  readonly costUsd: number;
  readonly waitMeanSeconds: number;
  readonly waitP50Seconds: number;
  readonly waitP95Seconds: number;
  /** Share of the jobs that waited for a node to boot, 0 to 1. */
  readonly coldShare: number;
  /** Idle and boot time, in GPU-seconds. */
  readonly wasteSeconds: number;
  /** Waits of jobs times the GPUs that were not there when they asked, in GPU-seconds. */
  readonly waitGpuSeconds: number;
  /**
   * (waste + ρ · wait) over the clairvoyant optimum, both in GPU-seconds; first launches count in both, and idling after
   * the last use of a level, which the optimum has none of, is waste. 1 where nothing was to be spent, Infinity where
   * something was all the same. In the simulation a job that waits may be served by another's end, which the optimum knows
   * nothing of: there a little below 1 is possible.
   */
  readonly ratioToOptimum: number;
  /**
   * The same of the policy's decisions replayed over the gaps of the trace, where a cold start costs boot and wait but
   * shifts nothing: without each level's first launch, which nobody can spare, and its last idle time, which ends no gap.
   * For this the optimum is exact: nobody is below 1. NaN where it was not asked for.
   */
  readonly ratioOfGaps: number;
  readonly launches: number;
  readonly interruptions: number;
  readonly seed: number;
  /** Wall time that the simulation took; the only figure that differs between two equal runs. */
  readonly seconds: number;
}

/** A simulation: the whole, and each tenant's part of it. */
export interface Simulated {
  readonly result: PolicyResult;
  /** By name, those with jobs. */
  readonly tenants: readonly TenantResult[];
}

export interface TenantResult extends PolicyResult {
  readonly tenant: string;
}
