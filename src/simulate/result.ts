/** One policy on one trace. GPU-hours are of node time: a node of four GPUs that idles an hour idles four. */
export interface PolicyResult {
  readonly policy: string;
  readonly jobs: number;
  readonly completed: number;
  /** Nodes with jobs on them. */
  readonly busyGpuHours: number;
  /** Nodes that are ready and have none. */
  readonly idleGpuHours: number;
  /** Nodes that are launched and not ready. */
  readonly bootGpuHours: number;
  /** All node time at its price, 60 seconds at least for each launch. */
  readonly costUsd: number;
  readonly waitMeanSeconds: number;
  readonly waitP50Seconds: number;
  readonly waitP95Seconds: number;
  /** Share of the jobs that waited for a node to boot, 0 to 1. */
  readonly coldShare: number;
  /** Idle and boot time, in GPU-seconds. */
  readonly wasteSeconds: number;
  /** Waits of jobs times the GPUs they waited for, in GPU-seconds. */
  readonly waitGpuSeconds: number;
  /** (waste + ρ · wait) over the clairvoyant optimum, both in GPU-seconds; first launches count in both. */
  readonly ratioToOptimum: number;
  /** The same without each level's first launch, which nobody can spare. */
  readonly ratioOfGaps: number;
  readonly launches: number;
  readonly interruptions: number;
  readonly seed: number;
  /** Wall time that the simulation took; the only figure that differs between two equal runs. */
  readonly seconds: number;
}
