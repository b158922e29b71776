import type { WorkloadKind } from "../../trace/utilization.ts";

/** A workload as it is watched, without its samples. A `WorkloadUsage` is one. */
export interface WatchedWorkload {
  /** `namespace/pod`, or what the trace calls it. */
  readonly name: string;
  readonly user?: string | undefined;
  readonly kind: WorkloadKind;
  /** Time between two samples. */
  readonly stepSeconds: number;
  readonly gpu?: string | undefined;
  readonly instanceType?: string | undefined;
  /** Price of all its GPUs; absent: not known. */
  readonly usdPerHour?: number | undefined;
  readonly devices: readonly { readonly memoryTotalMib: number }[];
  readonly reservesMemory?: boolean | undefined;
}

/** What one moment measured. NaN, or absent: not measured then. */
export interface WorkloadSample {
  /** Seconds since the workload's first sample; never before the last one given. */
  readonly seconds: number;
  /** In the workload's order of devices. */
  readonly devices: readonly DeviceSample[];
  readonly ioBytesPerSecond?: number | undefined;
  readonly requestsPerSecond?: number | undefined;
}

/** Shares are 0 to 1. */
export interface DeviceSample {
  readonly engineActive: number;
  readonly smActive?: number | undefined;
  readonly dramActive?: number | undefined;
  readonly memoryUsedMib: number;
}
