/**
 * What the GPUs of one workload did, sample by sample, in columns. NaN is a sample that is missing, which means that
 * nobody knows, not that nothing ran.
 */
export interface WorkloadUsage {
  /** `namespace/pod`, or what the trace calls it. */
  readonly name: string;
  readonly user?: string | undefined;
  readonly kind: WorkloadKind;
  /** Of sample 0, in milliseconds since the epoch. */
  readonly startMs: number;
  readonly stepSeconds: number;
  readonly samples: number;
  /** Such as `a10g`; absent: not known. */
  readonly gpu?: string | undefined;
  readonly instanceType?: string | undefined;
  /** Price of all its GPUs; absent: not known. */
  readonly usdPerHour?: number | undefined;
  readonly devices: readonly DeviceUsage[];
  /** Bytes per second of disk, network and checkpoint writes together; absent: not measured. */
  readonly ioBytesPerSecond?: Float64Array | undefined;
  /** Of a server; absent: not measured. */
  readonly requestsPerSecond?: Float64Array | undefined;
  /** Whether it reserves GPU memory up front, as vLLM does: then its memory says nothing. */
  readonly reservesMemory?: boolean | undefined;
  /** What it may be stopped at: seconds into the series at which a checkpoint was written. */
  readonly checkpointSeconds?: readonly number[] | undefined;
}

export type WorkloadKind = "job" | "interactive" | "serving";

/** Shares are 0 to 1. */
export interface DeviceUsage {
  /** DCGM_FI_PROF_GR_ENGINE_ACTIVE, or GPU_UTIL / 100 where that is all there is. */
  readonly engineActive: Float64Array;
  /** DCGM_FI_PROF_SM_ACTIVE; absent: not measured. */
  readonly smActive?: Float64Array | undefined;
  /** DCGM_FI_PROF_DRAM_ACTIVE; absent: not measured. */
  readonly dramActive?: Float64Array | undefined;
  readonly memoryUsedMib: Float64Array;
  readonly memoryTotalMib: number;
}
