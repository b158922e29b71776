import { dayStart, defaultStartMs } from "../calendar.ts";
import type { JobBuilder } from "../job-builder.ts";
import type { ReadContent, ReadContext } from "./format.ts";

/**
 * The trace of the jobs that were added, with a note where rows were sorted. Submissions in seconds since 1970 are told
 * by their size: then the trace starts at 00:00 UTC of its first day, so that hours and weekdays are right.
 */
export function finishJobs(builder: JobBuilder, { name, startMs }: ReadContext, notes: readonly string[]): ReadContent {
  const dated = builder.earliestSeconds >= 1e9;
  const midnightMs = dayStart(builder.earliestSeconds * 1000);
  const { trace, unsorted } = builder.finish({
    name,
    startMs: dated ? midnightMs : (startMs ?? defaultStartMs),
    originSeconds: dated ? midnightMs / 1000 : 0,
  });
  const sorted = `${unsorted} of ${trace.jobs.count} rows came after a later submission: sorted`;
  return { kind: "jobs", trace, notes: unsorted > 0 ? [sorted, ...notes] : notes };
}
