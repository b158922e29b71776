import { type Condition, type Job, keyOf, type Pod } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import { type BackOffs, backOffs } from "./back-off.ts";
import { conditionIn, holds, withCondition } from "./conditions.ts";
import type { ControllerDeps } from "./deps.ts";
import { type Accounts, accountsOf, indexStatus } from "./job-accounting.ts";
import { deadlineInMs, endOf, isFinished, type JobEnd } from "./job-end.ts";
import { completionIndexOf, createJobPod, releasePod } from "./job-pods.ts";
import { jobKeyOf } from "./pod-index.ts";
import { type Requeue, sooner, workQueue } from "./queue.ts";
import { isDeleting, jobKind, nameOf, podKind, refOf, refTo } from "./refs.ts";

const fieldManager = "kube-controller-manager";

/**
 * The job controller: makes a Job's pods, counts their ends, replaces failed ones after a back-off, and ends the Job.
 * Parallelism, completions (also Indexed), backoffLimit, activeDeadlineSeconds, suspend, ttlSecondsAfterFinished and
 * podFailurePolicy are as in Kubernetes 1.35; backoffLimitPerIndex and successPolicy are not rehearsed.
 */
export function startJobs(deps: ControllerDeps): () => void {
  const { core, clock } = deps;
  const delays = backOffs(clock);
  const queue = workQueue({
    clock,
    reconcile: (key) => reconcile(deps, delays, key),
    onError: (key, error) => deps.onError(`job ${key}`, error),
  });
  for (const job of core.list<Job>(jobKind).items) queue.add(keyOf(job));
  const stops = [
    core.subscribe<Job>(jobKind, ({ type, object }) => {
      if (type === "DELETED") delays.forget(object.metadata.uid ?? "");
      queue.add(keyOf(object));
    }),
    core.subscribe<Pod>(podKind, ({ object }) => {
      const key = jobKeyOf(object);
      if (key !== undefined) queue.add(key);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    queue.stop();
  };
}

function reconcile(deps: ControllerDeps, delays: BackOffs, key: string): Requeue | undefined {
  const { core, clock } = deps;
  const job = core.find<Job>(refTo(jobKind, key));
  const isOwn = (pod: Pod) => pod.metadata.ownerReferences?.some(({ uid }) => uid === job?.metadata.uid);
  const [own, orphans] = partition(deps.pods.ofJob(key), (pod) => isOwn(pod) ?? false);
  for (const pod of orphans) releasePod(core, pod);
  if (job === undefined || job.spec?.managedBy !== undefined) return undefined;
  if (isDeleting(job) || isFinished(job)) {
    for (const pod of own) releasePod(core, pod);
    return isDeleting(job) ? undefined : removeAfterTtl(deps, job);
  }
  const accounts = accountsOf(job, own);
  delays.note(job.metadata.uid ?? "", accounts.newFailures, accounts.newSuccesses);
  const end = endOf(job, accounts, clock.now());
  // In one turn: a pod whose end is in the counts has lost the finalizer that says it is not
  const written = writeStatus(deps, job, accounts, end);
  for (const pod of accounts.uncounted) releasePod(core, pod);
  if (end !== undefined || job.spec?.suspend === true) {
    // What a failing Job still runs counts as failed; otherwise a pod that is not needed does not
    for (const pod of accounts.active) deletePod(deps, job, pod, { counted: end?.final === "Failed" });
    return undefined;
  }
  return sooner(manage(deps, written, accounts, delays), deadline(written, clock.now()));
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
  const isOver = end !== undefined && accounts.active.length + accounts.terminating.length === 0;
  const now = timestamp(clock.now());
  const status = {
    active: accounts.active.length,
    ready: accounts.active.filter((pod) => holds(pod, "Ready")).length,
    terminating: accounts.terminating.length,
    succeeded: accounts.succeeded,
    failed: accounts.failed,
    ...indexStatus(job, accounts),
    uncountedTerminatedPods: {},
    startTime: isSuspended ? null : (job.status?.startTime ?? now),
    ...(isOver && end.final === "Complete" && { completionTime: now }),
    conditions: conditionsOf(job, { end, isOver, isSuspended }, clock.now()),
  };
  const written = core.patch<Job>(refOf(job), { status }, { subresource: "status", fieldManager });
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
  const running = active.length + (waitsForEnd ? terminating.length : 0);
  const wanted = wantedPods(job, accounts);
  if (active.length > wanted) {
    for (const pod of leastAdvanced(active).slice(0, active.length - wanted))
      deletePod(deps, job, pod, { counted: false });
  }
  if (running >= wanted) return undefined;
  const leftMs = delays.leftMs(job.metadata.uid ?? "");
  if (leftMs > 0) return { afterMs: leftMs };
  const indexes = job.spec?.completionMode === "Indexed" ? missingIndexes(job, accounts) : undefined;
  for (let made = running; made < wanted; made += 1) {
    const pod = createJobPod(deps.core, job, indexes?.shift());
    deps.events.jobs.record(job, "Normal", "SuccessfulCreate", `Created pod: ${nameOf(pod)}`);
  }
  return undefined;
}

function wantedPods(job: Job, { succeeded, active }: Accounts): number {
  const { parallelism = 1, completions } = job.spec ?? {};
  // A work queue without completions takes no new pod once one has succeeded
  if (completions === undefined) return succeeded > 0 ? Math.min(active.length, parallelism) : parallelism;
  return Math.min(parallelism, Math.max(0, completions - succeeded));
}

function missingIndexes(job: Job, { completedIndexes, active, terminating }: Accounts): number[] {
  const taken = new Set([...completedIndexes, ...[...active, ...terminating].map(completionIndexOf)]);
  return Array.from({ length: job.spec?.completions ?? 0 }, (_, index) => index).filter((index) => !taken.has(index));
}

/** Pods without a node first, then those that are not ready, then the younger. */
function leastAdvanced(pods: readonly Pod[]): Pod[] {
  const advance = (pod: Pod) => Number(Boolean(pod.spec?.nodeName)) + Number(holds(pod, "Ready"));
  const created = ({ metadata }: Pod) => metadata.creationTimestamp ?? "";
  return [...pods].sort((a, b) => advance(a) - advance(b) || (created(a) < created(b) ? 1 : -1));
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
