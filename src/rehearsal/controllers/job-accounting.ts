import { isTerminal, type Job, type Pod } from "../../cluster/objects.ts";
import { isDeleting } from "../core/refs.ts";
import { failureCountOf, indexesText, indexOf, isIndexed, jobFinalizer, parseIndexes } from "./job-pods.ts";
import { containerStatusesOf, failureActionOf } from "./pod-failure-policy.ts";

/** A Job's pods sorted by how they stand, and what their ends add to its counts. */
export interface Accounts {
  /** Neither ended nor being deleted. */
  readonly active: readonly Pod[];
  /** Being deleted, and not ended yet. */
  readonly terminating: readonly Pod[];
  /** Ended and not yet counted in the Job's status. */
  readonly uncounted: readonly Pod[];
  /** Of those the ones that wait to be replaced: the next pod of their index goes on counting from theirs. */
  readonly retried: ReadonlyMap<number, Pod>;
  readonly succeeded: number;
  readonly failed: number;
  /** Of `failed`, those that are retried. */
  readonly failedRetried: number;
  readonly completedIndexes: ReadonlySet<number>;
  readonly failedIndexes: ReadonlySet<number>;
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
  const uncounted = pods.filter((pod) => isTracked(pod) && (isTerminal(pod) || isGivenUp(job, pod)));
  const successes = uncounted.filter(({ status }) => status?.phase === "Succeeded");
  const failures = uncounted.filter(({ status }) => status?.phase !== "Succeeded");
  const active = pods.filter((pod) => !isTerminal(pod) && !isDeleting(pod));
  const counted = failures.filter((pod) => failureActionOf(job, pod).action !== "Ignore");
  const actions = counted.map((pod) => failureActionOf(job, pod));
  const failJob = actions.flatMap((action) => (action.action === "FailJob" ? action.message : []))[0];
  const within = (index: number) => index < (job.spec?.completions ?? Number.POSITIVE_INFINITY);
  const completed = [...parseIndexes(job.status?.completedIndexes), ...successes.map(indexOf)];
  const completedIndexes = new Set(completed.filter(within));
  const failedIndexes = new Set([...parseIndexes(job.status?.failedIndexes), ...failedFor(job, failures)]);
  const over = new Set([...completedIndexes, ...failedIndexes, ...active.map(indexOf)]);
  const retried = perIndex(job) === undefined ? new Map<number, Pod>() : latest(failures, over);
  return {
    active,
    terminating: pods.filter((pod) => !isTerminal(pod) && isDeleting(pod)),
    uncounted,
    retried,
    succeeded: isIndexed(job) ? completedIndexes.size : (job.status?.succeeded ?? 0) + successes.length,
    failed: (job.status?.failed ?? 0) + counted.length,
    failedRetried: counted.filter((pod) => retried.get(indexOf(pod)) === pod).length,
    completedIndexes,
    failedIndexes,
    ...(failJob !== undefined && { failJob }),
    newFailures: failures.length,
    newSuccesses: successes.length,
    restarts: restartsOf(pods.filter((pod) => !isTerminal(pod))),
  };
}

/** The status fields that an Indexed Job has beside the others. */
export function indexStatus(job: Job, { completedIndexes, failedIndexes }: Accounts): object {
  if (!isIndexed(job)) return {};
  const failed = perIndex(job) === undefined ? {} : { failedIndexes: indexesText(failedIndexes) };
  return { completedIndexes: indexesText(completedIndexes), ...failed };
}

export function perIndex(job: Job): number | undefined {
  return job.spec?.backoffLimitPerIndex;
}

/** Indexes that may not be tried again. */
function failedFor(job: Job, failures: readonly Pod[]): number[] {
  const limit = perIndex(job);
  if (limit === undefined) return [];
  const isLast = (pod: Pod) => {
    const { action } = failureActionOf(job, pod);
    return action === "FailIndex" || (action !== "Ignore" && failureCountOf(pod).failures >= limit);
  };
  return failures.filter(isLast).map(indexOf);
}

/** The pod of each index, of those that are not over, that failed last. */
function latest(failures: readonly Pod[], over: ReadonlySet<number>): ReadonlyMap<number, Pod> {
  const byIndex = new Map<number, Pod>();
  for (const pod of failures.filter((one) => !over.has(indexOf(one)))) {
    const other = byIndex.get(indexOf(pod));
    if (other === undefined || failureCountOf(pod).all >= failureCountOf(other).all) byIndex.set(indexOf(pod), pod);
  }
  return byIndex;
}

function restartsOf(pods: readonly Pod[]): number {
  return pods.flatMap(containerStatusesOf).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

function isTracked({ metadata }: Pod): boolean {
  return metadata.finalizers?.includes(jobFinalizer) ?? false;
}

/** A pod that is being deleted counts as failed at once, unless the Job waits for its end to replace it. */
function isGivenUp(job: Job, pod: Pod): boolean {
  if (!isDeleting(pod)) return false;
  return job.spec?.podReplacementPolicy !== "Failed" || !pod.spec?.nodeName;
}
