import { jobStatuses } from "../../trace/trace.ts";
import type { PoolJob } from "../pool.ts";
import { spanText } from "./reasons.ts";

/** What a gap has in common with others that began alike, as short keys. */
export interface GapClasses {
  /** How the last job ended, and how long it took. */
  readonly job: string;
  /** How long ago the pool's last job arrived. */
  readonly activity: string;
}

/** Limits between classes of run times, in seconds. */
const runLimits = [30, 120, 600, 3600, 14_400] as const;
/** Limits between classes of times since the last arrival. */
const activityLimits = [15, 120, 900, 7200] as const;

/** The classes of the gap that begins as `job` ends; `sinceArrival` is in seconds. */
export function gapClasses(job: PoolJob, sinceArrival: number): GapClasses {
  const ran = classOf(job.endSeconds - job.startSeconds, runLimits);
  return { job: `${job.status}.${ran}`, activity: `${classOf(sinceArrival, activityLimits)}` };
}

/** Such as `a failed job under 2 min that came less than 15 min after …`: the words for both classes. */
export function classesText({ job, activity }: GapClasses): string {
  const [status = "", ran = ""] = job.split(".");
  const name = jobStatuses[Number(status)];
  const kind = name === undefined || name === "unknown" || name === "running" ? "a job" : `a ${name} job`;
  const came = limitText(Number(activity), activityLimits);
  return `${kind} ${limitText(Number(ran), runLimits)}, ${came} after the last one came`;
}

function limitText(index: number, limits: readonly number[]): string {
  const limit = limits[index];
  return limit === undefined ? `over ${spanText(limits.at(-1) ?? 0)}` : `under ${spanText(limit)}`;
}

function classOf(seconds: number, limits: readonly number[]): number {
  const found = limits.findIndex((limit) => seconds < limit);
  return found === -1 ? limits.length : found;
}
