import { type NewJob, newJobBuilder } from "../../src/trace/job-builder.ts";
import type { Trace } from "../../src/trace/trace.ts";

/** A trace of these jobs; one GPU for 60 s unless told. */
export function makeTrace(jobs: readonly Partial<NewJob>[]): Trace {
  const builder = newJobBuilder();
  for (const job of jobs) builder.add({ submitSeconds: 0, durationSeconds: 60, gpus: 1, ...job });
  return builder.finish({ name: "made", startMs: 0 }).trace;
}
