import { Failure } from "../kernel/failure.ts";
import { newInterner } from "./intern.ts";
import { type JobColumns, jobStatuses, type Trace, type TraceJobStatus } from "./trace.ts";

/** One job as a reader or a generator gives it; what is absent was not recorded. */
export interface NewJob {
  readonly submitSeconds: number;
  readonly durationSeconds: number;
  readonly gpus: number;
  readonly cpus?: number;
  readonly memoryGib?: number;
  readonly user?: string;
  readonly group?: string;
  /** A `|` list. */
  readonly gpuType?: string;
  readonly nodes?: number;
  readonly status?: TraceJobStatus;
  readonly warm?: boolean;
  readonly utilization?: number;
}

export interface JobBuilder {
  readonly count: number;
  /** The first submission; infinite while there is none. */
  readonly earliestSeconds: number;
  add(job: NewJob): void;
  /** The trace, in order of submission; jobs of the same second stay in the order in which they came. */
  finish(facts: TraceFacts): BuiltTrace;
}

export interface TraceFacts {
  readonly name: string;
  readonly startMs: number;
  /** Taken off all submissions: what the trace's own clock showed at its start; 0 unless told. */
  readonly originSeconds?: number;
}

export interface BuiltTrace {
  readonly trace: Trace;
  /** How many jobs came after a later one. */
  readonly unsorted: number;
}

export type Columns = { -readonly [Key in keyof Omit<JobColumns, "count">]: JobColumns[Key] };

/** 80 bytes each, and twice that while it grows; the largest public traces have three million. */
const mostJobs = 5_000_000;

export function newJobBuilder(): JobBuilder {
  let columns = emptyColumns(1024);
  let [count, unsorted, latest, earliest] = [0, 0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const [users, groups, types] = [newInterner(), newInterner(), newInterner()];
  return {
    get count() {
      return count;
    },
    get earliestSeconds() {
      return earliest;
    },
    add(job) {
      if (count === mostJobs) throw tooMany();
      if (count === columns.user.length) columns = resized(columns, 2 * count);
      writeAmounts(columns, count, job);
      columns.user[count] = users.of(job.user ?? "");
      columns.group[count] = groups.of(job.group ?? "");
      columns.gpuType[count] = types.of(job.gpuType ?? "");
      if (job.submitSeconds < latest) unsorted += 1;
      else latest = job.submitSeconds;
      earliest = Math.min(earliest, job.submitSeconds);
      count += 1;
    },
    finish({ name, startMs, originSeconds = 0 }) {
      const sorted = unsorted === 0 ? resized(columns, count) : permuted(columns, submissionOrder(columns, count));
      if (originSeconds !== 0) for (let i = 0; i < count; i += 1) shift(sorted.submitSeconds, i, -originSeconds);
      const gpuTypes = types.names.map((list) => list.split("|"));
      const jobs = { count, ...sorted };
      const facts = { name, users: users.names, groups: groups.names, gpuTypes, startMs };
      return { trace: { ...facts, jobs, spanSeconds: spanOf(jobs) }, unsorted };
    },
  };
}

/** The rows `order` of the columns, in that order. */
export function permuted(columns: Columns, order: Uint32Array): Columns {
  const chosen = emptyColumns(order.length);
  for (const key of columnNames) {
    const [from, to] = [columns[key], chosen[key]];
    for (let i = 0; i < order.length; i += 1) to[i] = from[order[i] ?? 0] ?? 0;
  }
  return chosen;
}

/** From second 0 to the last submission or end of a run, whichever is later; a duration that is not known counts as 0. */
export function spanOf({ count, submitSeconds, durationSeconds }: JobColumns): number {
  let span = 0;
  for (let i = 0; i < count; i += 1) span = Math.max(span, (submitSeconds[i] ?? 0) + (durationSeconds[i] || 0));
  return span;
}

const columnNames = Object.keys(emptyColumns(0)) as (keyof Columns)[];

function emptyColumns(length: number): Columns {
  return {
    submitSeconds: new Float64Array(length),
    durationSeconds: new Float64Array(length),
    gpus: new Float64Array(length),
    cpus: new Float64Array(length),
    memoryGib: new Float64Array(length),
    user: new Int32Array(length),
    group: new Int32Array(length),
    gpuType: new Int32Array(length),
    nodes: new Int32Array(length),
    status: new Uint8Array(length),
    warm: new Uint8Array(length),
    utilization: new Float64Array(length),
  };
}

function resized(columns: Columns, length: number): Columns {
  const other = emptyColumns(length);
  for (const key of columnNames) other[key].set(columns[key].subarray(0, length));
  return other;
}

function submissionOrder({ submitSeconds }: Columns, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  return order.sort((a, b) => (submitSeconds[a] ?? 0) - (submitSeconds[b] ?? 0) || a - b);
}

function shift(column: Float64Array, i: number, by: number): void {
  column[i] = (column[i] ?? 0) + by;
}

function writeAmounts(columns: Columns, i: number, job: NewJob): void {
  columns.submitSeconds[i] = job.submitSeconds;
  columns.durationSeconds[i] = job.durationSeconds;
  columns.gpus[i] = job.gpus;
  columns.cpus[i] = job.cpus ?? Number.NaN;
  columns.memoryGib[i] = job.memoryGib ?? Number.NaN;
  columns.nodes[i] = job.nodes ?? 1;
  columns.status[i] = jobStatuses.indexOf(job.status ?? "unknown");
  columns.warm[i] = job.warm === true ? 1 : 0;
  columns.utilization[i] = job.utilization ?? Number.NaN;
}

function tooMany(): Failure {
  return new Failure("FILE_INVALID", `the trace has more than ${mostJobs} jobs`, {
    why: "it is held in memory, at up to 250 bytes for each job",
    fix: "cut it by time or by whole users",
  });
}
