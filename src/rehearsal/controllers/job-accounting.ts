import type { Job, Pod } from "../../cluster/objects.ts";
import { completionIndexOf, indexesText, parseIndexes } from "./job-pods.ts";
import { failureActionOf } from "./pod-failure-policy.ts";
import { isEnded } from "./pod-index.ts";
import { isDeleting, jobFinalizer } from "./refs.ts";

/** A Job's pods sorted by how they stand, and what their ends add to its counts. */
export interface Accounts {
  /** Neither ended nor being deleted. */
  readonly active: readonly Pod[];
  /** Being deleted, and not ended yet. */
  readonly terminating: readonly Pod[];
  /** Ended and not yet counted. */
  readonly uncounted: readonly Pod[];
  readonly succeeded: number;
  readonly failed: number;
  readonly completedIndexes: ReadonlySet<number>;
  /** A pod failed in a way that podFailurePolicy says ends the Job. */
  readonly failJob?: string;
  /** Pods among `uncounted` that failed, counted or not, and those that succeeded. */
  readonly newFailures: number;
  readonly newSuccesses: number;
  /** How often the containers of pods that have not ended were started again in place. */
  readonly restarts: number;
}

/** Counts what ended since the last time. A pod's finalizer is the proof that it was not counted before. */
export function accountsOf(job: Job, pods: readonly Pod[]): Accounts {
  const uncounted = pods.filter((pod) => isTracked(pod) && (isEnded(pod) || isGivenUp(job, pod)));
  const gone = new Set(uncounted);
  const successes = uncounted.filter(({ status }) => status?.phase === "Succeeded");
  const failures = uncounted.filter(({ status }) => status?.phase !== "Succeeded");
  const actions = failures.map((pod) => failureActionOf(job, pod));
  const failJob = actions.flatMap((action) => (action.action === "FailJob" ? action.message : []))[0];
  const indexes = new Set(parseIndexes(job.status?.completedIndexes));
  for (const pod of successes) indexes.add(completionIndexOf(pod) ?? 0);
  const isIndexed = job.spec?.completionMode === "Indexed";
  return {
    active: pods.filter((pod) => !isEnded(pod) && !isDeleting(pod)),
    terminating: pods.filter((pod) => !isEnded(pod) && isDeleting(pod) && !gone.has(pod)),
    uncounted,
    succeeded: isIndexed ? indexes.size : (job.status?.succeeded ?? 0) + successes.length,
    failed: (job.status?.failed ?? 0) + actions.filter(({ action }) => action !== "Ignore").length,
    completedIndexes: indexes,
    ...(failJob !== undefined && { failJob }),
    newFailures: failures.length,
    newSuccesses: successes.length,
    restarts: restartsOf(pods.filter((pod) => !isEnded(pod))),
  };
}

/** The status fields that an Indexed Job has beside the others. */
export function indexStatus(job: Job, { completedIndexes }: Accounts): object {
  return job.spec?.completionMode === "Indexed" ? { completedIndexes: indexesText(completedIndexes) } : {};
}

function restartsOf(pods: readonly Pod[]): number {
  const statuses = pods.flatMap(({ status }) => [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
  ]);
  return statuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
}

function isTracked({ metadata }: Pod): boolean {
  return metadata.finalizers?.includes(jobFinalizer) ?? false;
}

/** A pod that is being deleted counts as failed at once, unless the Job waits for its end to replace it. */
function isGivenUp(job: Job, pod: Pod): boolean {
  if (!isDeleting(pod)) return false;
  return job.spec?.podReplacementPolicy !== "Failed" || !pod.spec?.nodeName;
}
