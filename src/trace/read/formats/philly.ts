import * as v from "valibot";

import { parseTimestamp } from "../../calendar.ts";
import { type NewJob, newJobBuilder } from "../../job-builder.ts";
import { most } from "../cells.ts";
import { finishJobs } from "../finish-jobs.ts";
import type { ReadContent, ReadContext } from "../format.ts";
import { newStatusReader } from "../status.ts";

/** Takes jobs as JSON texts, or says why one cannot be used. */
export interface EntryReader {
  entry(text: string): string | undefined;
  finish(): ReadContent;
}

const time = v.nullish(v.string());
const attempt = v.object({
  start_time: time,
  end_time: time,
  detail: v.nullish(v.array(v.object({ gpus: v.nullish(v.array(v.unknown())) }))),
});
const jobEntry = v.object({
  status: v.string(),
  vc: v.nullish(v.string()),
  user: v.nullish(v.string()),
  submitted_time: v.string(),
  attempts: v.array(attempt),
});
type Attempt = v.InferOutput<typeof attempt>;

/**
 * `cluster_job_log` of msr-fiddle/philly-traces. A job's duration is that of its attempts together, its GPUs and nodes
 * are those of the last one. Attempts without a start or an end are logging errors and left out, says its README; a job
 * without any other never ran, or ran still. The times are Pacific and have no zone: taken as UTC, which keeps the hours.
 */
export function phillyLog(context: ReadContext): EntryReader {
  const builder = newJobBuilder();
  const statuses = newStatusReader();
  return {
    entry(text) {
      const parsed = v.safeParse(jobEntry, parsedJson(text));
      if (!parsed.success) return wrongField(parsed.issues[0]);
      const job = jobOf(parsed.output);
      if (typeof job === "string") return job;
      builder.add({ ...job, status: statuses.of(parsed.output.status) });
      return undefined;
    },
    finish: () => finishJobs(builder, context, statuses.notes()),
  };
}

function jobOf({ submitted_time, attempts, user, vc }: v.InferOutput<typeof jobEntry>): NewJob | string {
  const submitMs = parseTimestamp(submitted_time);
  if (Number.isNaN(submitMs)) return "submitted_time is not a time";
  const runs = attempts.map((run) => ({ seconds: secondsOf(run), run })).filter(({ seconds }) => seconds >= 0);
  const last = runs.at(-1)?.run.detail ?? [];
  const gpus = last.reduce((sum, node) => sum + (node.gpus?.length ?? 0), 0);
  if (runs.length === 0)
    return attempts.length === 0 ? "has no attempts: it never ran" : "has no attempt with both ends";
  if (gpus > most.gpus) return `has more than ${most.gpus} GPUs`;
  return {
    submitSeconds: submitMs / 1000,
    durationSeconds: runs.reduce((sum, { seconds }) => sum + seconds, 0),
    gpus,
    nodes: Math.max(1, last.length),
    user: user ?? "",
    group: vc ?? "",
  };
}

/** NaN where an end is missing. */
function secondsOf({ start_time, end_time }: Attempt): number {
  return (parseTimestamp(end_time ?? "") - parseTimestamp(start_time ?? "")) / 1000;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wrongField(issue: v.BaseIssue<unknown>): string {
  const field = issue.path?.[0]?.key;
  return field === undefined ? "is not a JSON object" : `${String(field)} is not as in Philly's cluster_job_log`;
}
