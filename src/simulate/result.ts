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
   * something was all the same.
   */
  readonly ratioToOptimum: number;
  /** The same without each level's first launch, which nobody can spare, and without its last idle time, which ends no gap. */
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
