/**
 * Demand in columns: row `i` of every column is one job, and rows are in order of submission. Columns, because a trace
 * of a million jobs is read, resampled and simulated as a whole.
 */
export interface Trace {
  /** Such as the file it was read from. */
  readonly name: string;
  readonly jobs: JobColumns;
  /** Names of users, groups and job names: `jobs.user[i]` is an index, -1 where none was recorded. */
  readonly users: readonly string[];
  readonly groups: readonly string[];
  /** Lists of GPUs that do for a job: `jobs.gpuType[i]` is an index, -1 where any will do. */
  readonly gpuTypes: readonly (readonly string[])[];
  /** What second 0 is, in milliseconds since the epoch: hours and weekdays follow from it. */
  readonly startMs: number;
  /** From second 0 to the last submission or end of a run, whichever is later. */
  readonly spanSeconds: number;
}

/** Seconds are those since the trace's start. NaN: not recorded. */
export interface JobColumns {
  readonly count: number;
  readonly submitSeconds: Float64Array;
  /** Run time, without the wait before it. */
  readonly durationSeconds: Float64Array;
  /** Of the whole job; a fraction is a share of one GPU, 0 none. */
  readonly gpus: Float64Array;
  /** vCPUs of the whole job. */
  readonly cpus: Float64Array;
  readonly memoryGib: Float64Array;
  readonly user: Int32Array;
  readonly group: Int32Array;
  readonly gpuType: Int32Array;
  /** How many nodes it needs at once (a gang); at least 1. */
  readonly nodes: Int32Array;
  /** Index in `jobStatuses`. */
  readonly status: Uint8Array;
  /** 1: was running already at second 0. */
  readonly warm: Uint8Array;
  /** Mean GPU utilization, 0 to 100. */
  readonly utilization: Float64Array;
}

/** How a job ended; `unknown` where the trace does not say. */
export const jobStatuses = ["unknown", "passed", "failed", "killed", "running"] as const;
export type TraceJobStatus = (typeof jobStatuses)[number];

/** Requests by time, one series for each model or service. */
export interface RateTrace {
  readonly name: string;
  readonly startMs: number;
  /** Length of a bin. */
  readonly stepSeconds: number;
  readonly series: readonly RateSeries[];
}

export interface RateSeries {
  readonly name: string;
  /** Requests per second, by bin; NaN where it was not measured. */
  readonly perSecond: Float64Array;
}

/** What was wrong with a file's rows: all are counted, the first few named. */
export interface RejectedRows {
  readonly count: number;
  /** By cause, such as `duration_s is not a number`. */
  readonly causes: readonly { readonly cause: string; readonly count: number; readonly firstLine: number }[];
}
