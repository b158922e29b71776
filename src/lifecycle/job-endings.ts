import { type Condition, conditionOf, type Job, type Pod } from "../cluster/objects.ts";
import type { JobObserved } from "../timeline/entries.ts";
import { requestsOf } from "./observations.ts";
import type { Session } from "./session.ts";
import { runLabel } from "./steps/job.ts";

type Ending = Pick<JobObserved, "state" | "message">;

/** How a Job ended, if it has. */
export function endingOf(job: Job | undefined): Ending | undefined {
  if (job === undefined) return undefined;
  const of = (type: string): Condition | undefined => conditionOf(job as { status?: { conditions?: unknown } }, type);
  if (of("Complete")?.status === "True") return { state: "succeeded" };
  const failure = of("Failed");
  if (failure?.status !== "True") return undefined;
  return { state: "failed", message: [failure.reason, failure.message].filter(Boolean).join(": ") };
}

/** Writes into the timeline how a job stands. */
export function observeJob(session: Session, job: Job, ending: Ending): Promise<void> {
  const { name = "", namespace = "default" } = job.metadata;
  return session.observe({ type: "job", name, namespace, gpus: gpusOf(job), ...ending });
}

function gpusOf(job: Job): number {
  const template = job.spec?.template;
  return template === undefined ? 0 : requestsOf(template as unknown as Pod).gpus;
}

/** What the timeline says of a job last, if it knows it. */
export function lastState(session: Session, job: Job): JobObserved["state"] | undefined {
  const { name, namespace = "default" } = job.metadata;
  const entry = session.entries.findLast(
    (one) => one.type === "job" && one.name === name && one.namespace === namespace,
  );
  return entry?.type === "job" ? entry.state : undefined;
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
