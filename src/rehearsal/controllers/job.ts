import { type Condition, type Job, keyOf, type Pod } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import { type BackOffs, backOffMs, backOffs } from "./back-off.ts";
import { conditionIn, holds, withCondition } from "./conditions.ts";
import { startController, watching } from "./controller.ts";
import type { ControllerDeps } from "./deps.ts";
import { type Accounts, accountsOf, indexStatus, perIndex } from "./job-accounting.ts";
import { deadlineInMs, endOf, isFinished, type JobEnd } from "./job-end.ts";
import { createJobPod, failureCountOf, indexOf, isIndexed, releasePod } from "./job-pods.ts";
import { ownerKeyOf } from "./pod-index.ts";
import { leastAdvanced } from "./pod-rank.ts";
import { type Requeue, sooner } from "./queue.ts";
import { isDeleting, jobKind, nameOf, podKind, refOf, refTo } from "./refs.ts";

const fieldManager = "kube-controller-manager";
const ownManager = "kubernetes.io/job-controller";

/**
 * The job controller of Kubernetes 1.35: makes a Job's pods, counts their ends, replaces failed ones after a back-off,
 * and ends the Job. A Job that another controller manages (`managedBy`) is left alone.
 */
export function startJobs(deps: ControllerDeps): () => void {
  const delays = backOffs(deps.clock);
  return startController(deps, {
    name: "job",
    reconcile: (key) => reconcile(deps, delays, key),
    watches: [
      watching<Job>(jobKind, (job, type) => {
        if (type === "DELETED") delays.forget(job.metadata.uid ?? "");
        return keyOf(job);
      }),
      watching<Pod>(podKind, (pod) => ownerKeyOf(pod, "Job")),
    ],
  });
}

function reconcile(deps: ControllerDeps, delays: BackOffs, key: string): Requeue | undefined {
  const { core } = deps;
  const job = core.find<Job>(refTo(jobKind, key));
  const isOwn = ({ metadata }: Pod) => metadata.ownerReferences?.some(({ uid }) => uid === job?.metadata.uid) === true;
  const [own, orphans] = partition(deps.pods.ofOwner("Job", key), isOwn);
  for (const pod of orphans) releasePod(core, pod);
  if (job === undefined || (job.spec?.managedBy ?? ownManager) !== ownManager) return undefined;
  if (!isDeleting(job) && !isFinished(job)) return advance(deps, delays, job, own);
  for (const pod of own) releasePod(core, pod);
  return isDeleting(job) ? undefined : removeAfterTtl(deps, job);
}

function advance(deps: ControllerDeps, delays: BackOffs, job: Job, own: readonly Pod[]): Requeue | undefined {
  const { core, clock } = deps;
  const accounts = accountsOf(job, own);
  const { newFailures, newSuccesses } = accounts;
  if (perIndex(job) === undefined) delays.note(job.metadata.uid ?? "", newFailures, newSuccesses);
  const end = endOf(job, accounts, clock.now());
  // In one turn: a pod whose end is in the counts has lost the finalizer that says it is not
  const written = writeStatus(deps, job, accounts, end);
  const isKept = (pod: Pod) => end === undefined && accounts.retried.get(indexOf(pod)) === pod;
  for (const pod of accounts.uncounted) if (!isKept(pod)) releasePod(core, pod);
  if (end === undefined && job.spec?.suspend !== true) {
    return sooner(manage(deps, written, accounts, delays), deadline(written, clock.now()));
  }
  // What a failing Job still runs counts as failed; otherwise a pod that is not needed does not
  for (const pod of accounts.active) deletePod(deps, job, pod, { counted: end?.final === "Failed" });
  return undefined;
}

function partition<T>(items: readonly T[], isIn: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isIn), items.filter((item) => !isIn(item))];
}

function removeAfterTtl({ core, clock }: ControllerDeps, job: Job): Requeue | undefined {
  const seconds = job.spec?.ttlSecondsAfterFinished;
  if (seconds === undefined) return undefined;
  const ended = conditionIn(job, "Complete") ?? conditionIn(job, "Failed");
  const afterMs = Date.parse(ended?.lastTransitionTime ?? "") + seconds * 1000 - clock.now();
  if (afterMs > 0) return { afterMs, background: true };
  core.delete(refOf(job), { propagationPolicy: "Background" });
  return undefined;
}

/** Writes what is known now; the last word (Complete, Failed) only when no pod of the Job is left. */
function writeStatus(
  { core, clock, events }: ControllerDeps,
  job: Job,
  accounts: Accounts,
  end: JobEnd | undefined,
): Job {
  const isSuspended = job.spec?.suspend === true && end === undefined;
  const isResumed = !isSuspended && holds(job, "Suspended");
  const isOver = end !== undefined && accounts.active.length + accounts.terminating.length === 0;
  const now = timestamp(clock.now());
  const status = {
    active: accounts.active.length,
    ready: accounts.active.filter((pod) => holds(pod, "Ready")).length,
    terminating: accounts.terminating.length,
    succeeded: accounts.succeeded,
    failed: accounts.failed - (end === undefined ? accounts.failedRetried : 0),
    ...indexStatus(job, accounts),
    uncountedTerminatedPods: {},
    ...(isResumed || (!isSuspended && job.status?.startTime === undefined) ? { startTime: now } : {}),
    ...(isOver && end.final === "Complete" && { completionTime: now }),
    conditions: conditionsOf(job, { end, isOver, isSuspended }, clock.now()),
  };
  const written = core.patch<Job>(refOf(job), { status }, { subresource: "status", fieldManager });
  if (isSuspended && !holds(job, "Suspended")) events.jobs.record(job, "Normal", "Suspended", "Job suspended");
  if (isResumed) events.jobs.record(job, "Normal", "Resumed", "Job resumed");
  if (isOver && end.final === "Complete") events.jobs.record(job, "Normal", "Completed", "Job completed");
  if (isOver && end.final === "Failed") events.jobs.record(job, "Warning", end.reason, end.message);
  return written;
}

function conditionsOf(
  job: Job,
  { end, isOver, isSuspended }: { end: JobEnd | undefined; isOver: boolean; isSuspended: boolean },
  nowMs: number,
): readonly Condition[] {
  let conditions = (job.status?.conditions ?? []) as readonly Condition[];
  const set = (type: string, status: "True" | "False", reason: string, message: string) => {
    conditions = withCondition(conditions, { type, status, reason, message }, nowMs);
  };
  if (isSuspended) set("Suspended", "True", "JobSuspended", "Job suspended");
  else if (holds(job, "Suspended")) set("Suspended", "False", "JobResumed", "Job resumed");
  if (end !== undefined) set(end.target, "True", end.reason, end.message);
  if (end !== undefined && isOver) set(end.final, "True", end.reason, end.message);
  return conditions;
}

/** Makes or deletes pods until as many run as should. */
function manage(deps: ControllerDeps, job: Job, accounts: Accounts, delays: BackOffs): Requeue | undefined {
  const { active, terminating } = accounts;
  const waitsForEnd = job.spec?.podReplacementPolicy === "Failed";
  const running = waitsForEnd ? [...active, ...terminating] : active;
  const wanted = wantedPods(job, accounts);
  for (const pod of leastAdvanced(active, active.length - wanted)) {
    deletePod(deps, job, pod, { counted: false });
  }
  if (running.length >= wanted) return undefined;
  const leftMs = delays.leftMs(job.metadata.uid ?? "");
  if (leftMs > 0) return { afterMs: leftMs };
  const { indexes, waitMs } = isIndexed(job) ? indexesDue(deps, job, accounts, running) : anonymous;
  for (const index of indexes.slice(0, wanted - running.length)) create(deps, job, index, accounts);
  if (!isIndexed(job)) for (let made = running.length; made < wanted; made += 1) create(deps, job, undefined, accounts);
  return waitMs === undefined ? undefined : { afterMs: waitMs };
}

const anonymous: { readonly indexes: readonly number[]; readonly waitMs?: number } = { indexes: [] };

function create({ core, events }: ControllerDeps, job: Job, index: number | undefined, { retried }: Accounts): void {
  const pod = createJobPod(core, job, index, index === undefined ? undefined : retried.get(index));
  events.jobs.record(job, "Normal", "SuccessfulCreate", `Created pod: ${nameOf(pod)}`);
}

function wantedPods(job: Job, { succeeded, active }: Accounts): number {
  const { parallelism = 1, completions } = job.spec ?? {};
  // A work queue without completions takes no new pod once one has succeeded
  if (completions === undefined) return succeeded > 0 ? Math.min(active.length, parallelism) : parallelism;
  return Math.min(parallelism, Math.max(0, completions - succeeded));
}

/** Indexes that a pod may be made for now, and how long until the back-off of another one is over. */
function indexesDue({ clock }: ControllerDeps, job: Job, accounts: Accounts, running: readonly Pod[]) {
  const { completedIndexes, failedIndexes, retried } = accounts;
  const taken = new Set([...completedIndexes, ...failedIndexes, ...running.map(indexOf)]);
  const missing = Array.from({ length: job.spec?.completions ?? 0 }, (_, index) => index).filter(
    (one) => !taken.has(one),
  );
  const leftMs = (index: number) => {
    const failed = retried.get(index);
    return failed === undefined ? 0 : endedMs(failed) + backOffMs(failureCountOf(failed).all + 1) - clock.now();
  };
  const waits = missing.map(leftMs).filter((ms) => ms > 0);
  const indexes = missing.filter((index) => leftMs(index) <= 0);
  return { indexes, ...(waits.length > 0 && { waitMs: Math.min(...waits) }) };
}

/** When a pod ended, by its containers. */
function endedMs({ metadata, status }: Pod): number {
  const ends = (status?.containerStatuses ?? []).map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? ""));
  const known = ends.filter(Number.isFinite);
  if (known.length > 0) return Math.max(...known);
  return Date.parse(metadata.deletionTimestamp ?? metadata.creationTimestamp ?? "");
}

function deletePod({ core, events }: ControllerDeps, job: Job, pod: Pod, { counted }: { counted: boolean }): void {
  if (!counted) releasePod(core, pod);
  core.delete(refOf(pod));
  events.jobs.record(job, "Normal", "SuccessfulDelete", `Deleted pod: ${nameOf(pod)}`);
}

function deadline(job: Job, nowMs: number): Requeue | undefined {
  const afterMs = deadlineInMs(job, nowMs);
  return afterMs === undefined ? undefined : { afterMs, background: true };
}
