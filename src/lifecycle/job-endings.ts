import { type Condition, conditionOf, type Job, type Pod } from "../cluster/objects.ts";
import type { JobObserved, TimelineEntry } from "../timeline/entries.ts";
import { runLabel } from "./labels.ts";
import { requestsOf } from "./observations.ts";
import type { Session } from "./session.ts";

interface Ending extends Pick<JobObserved, "state" | "message"> {
  /** When, in the cluster's time; now when absent. */
  readonly at?: number;
}

/** How a Job ended, if it has. */
export function endingOf(job: Job | undefined): Ending | undefined {
  if (job === undefined) return undefined;
  const [complete, failure] = [conditionOf(job, "Complete"), conditionOf(job, "Failed")];
  if (complete?.status === "True") return { state: "succeeded", ...timeOf(complete) };
  if (failure?.status !== "True") return undefined;
  return { state: "failed", message: [failure.reason, failure.message].filter(Boolean).join(": "), ...timeOf(failure) };
}

/** It is noticed later than it happens, and much later by a clock that runs fast. */
function timeOf({ lastTransitionTime }: Condition): { at?: number } {
  return lastTransitionTime === undefined ? {} : { at: Date.parse(lastTransitionTime) };
}

/** Writes into the timeline how a job stands; never before what is written of it already, for times of objects are whole seconds. */
export function observeJob(session: Session, job: Job, { at, ...ending }: Ending): Promise<void> {
  const { name = "", namespace = "default" } = job.metadata;
  const notBefore = lastEntry(session, job)?.at ?? Number.NEGATIVE_INFINITY;
  const when = at === undefined ? undefined : Math.max(at, notBefore);
  return session.observe({ type: "job", name, namespace, gpus: gpusOf(job), ...ending }, when);
}

/** How many GPUs one of its pods asks for. */
export function gpusOf(job: Job): number {
  const template = job.spec?.template;
  return template === undefined ? 0 : requestsOf(template as unknown as Pod).gpus;
}

/** What the timeline says of a job last, if it knows it. */
export function lastState(session: Session, job: Job): JobObserved["state"] | undefined {
  return lastEntry(session, job)?.state;
}

function lastEntry(session: Session, job: Job): (JobObserved & { readonly at: number }) | undefined {
  const { name, namespace = "default" } = job.metadata;
  const isOf = (entry: TimelineEntry) => entry.type === "job" && entry.name === name && entry.namespace === namespace;
  const entry = session.entries.findLast(isOf);
  return entry?.type === "job" ? entry : undefined;
}

/** Observes the end of jobs of this run that ended while nobody waited for them. */
export async function observeEnded(session: Session, jobs: Iterable<Job>): Promise<void> {
  for (const job of jobs) {
    const ending = endingOf(job);
    const isOwn = job.metadata.labels?.[runLabel] === session.run.run;
    if (isOwn && ending !== undefined && lastState(session, job) !== ending.state)
      await observeJob(session, job, ending);
  }
}
