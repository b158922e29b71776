import { conditionOf, type Job, type Pod } from "../../cluster/objects.ts";
import { holds } from "../core/conditions.ts";
import { isDeleting, nameOf, refOf } from "../core/refs.ts";
import { controllerKey } from "./claim.ts";
import { startController, watching } from "./controller.ts";
import { type Delays, delayMs, growingDelays, jobBackOff } from "./delays.ts";
import type { ControllerDeps } from "./deps.ts";
import { type Accounts, accountsOf, perIndex } from "./job-accounting.ts";
import { deadlineInMs, endOf, isFinished } from "./job-end.ts";
import { createJobPod, failureCountOf, indexOf, isIndexed, releasePod } from "./job-pods.ts";
import { writeJobStatus } from "./job-status.ts";
import { leastAdvanced } from "./pods.ts";
import { type Requeue, sooner } from "./queue.ts";

const ownManager = "kubernetes.io/job-controller";

/**
 * The job controller of Kubernetes 1.35: makes a Job's pods, counts their ends, replaces failed ones after a back-off,
 * and ends the Job. A Job that another controller manages (`managedBy`) is left alone.
 */
export function startJobs(deps: ControllerDeps): () => void {
  const delays = growingDelays(deps.clock, jobBackOff);
  /** Lets go of pods of an earlier Job of this name; returns the others. */
  const podsOf = (key: string, uid: string | undefined): Pod[] => {
    const isOwn = ({ metadata }: Pod) => metadata.ownerReferences?.some((owner) => owner.uid === uid) === true;
    const pods = deps.pods.ofOwner("Job", key);
    for (const pod of pods) if (!isOwn(pod)) releasePod(deps.core, pod);
    return pods.filter(isOwn);
  };
  return startController(deps, {
    kind: "Job",
    reconcile: (job, key) => reconcile(deps, delays, { job, key, pods: podsOf(key, job.metadata.uid) }),
    gone(key) {
      delays.forget(key);
      podsOf(key, undefined);
    },
    watches: [watching("Pod", (pod) => controllerKey("Job", pod))],
  });
}

interface Work {
  readonly job: Job;
  readonly key: string;
  readonly pods: readonly Pod[];
}

function reconcile(deps: ControllerDeps, delays: Delays, work: Work): Requeue | undefined {
  const { job, pods } = work;
  if ((job.spec?.managedBy ?? ownManager) !== ownManager) return undefined;
  if (!isDeleting(job) && !isFinished(job)) return advance(deps, delays, work);
  for (const pod of pods) releasePod(deps.core, pod);
  return isDeleting(job) ? undefined : removeAfterTtl(deps, job);
}

function advance(deps: ControllerDeps, delays: Delays, { job, key, pods }: Work): Requeue | undefined {
  const { core, clock } = deps;
  const accounts = accountsOf(job, pods);
  if (accounts.newSuccesses > 0) delays.forget(key);
  if (accounts.newFailures > 0 && perIndex(job) === undefined) delays.grow(key, accounts.newFailures);
  const end = endOf(job, accounts, clock.now());
  // In one turn: a pod whose end is in the counts has lost the finalizer that says it is not
  const written = writeJobStatus(deps, job, accounts, end);
  const isKept = (pod: Pod) => end === undefined && accounts.retried.get(indexOf(pod)) === pod;
  for (const pod of accounts.uncounted) if (!isKept(pod)) releasePod(core, pod);
  if (end === undefined && job.spec?.suspend !== true) {
    const deadline = { afterMs: deadlineInMs(written, clock.now()), background: true };
    return sooner(manage(deps, written, accounts, delays.leftMs(key)), deadline);
  }
  // What a failing Job still runs counts as failed; otherwise a pod that is not needed does not
  for (const pod of accounts.active) deletePod(deps, job, pod, { counted: end?.final === "Failed" });
  return undefined;
}

function removeAfterTtl({ core, clock }: ControllerDeps, job: Job): Requeue | undefined {
  const seconds = job.spec?.ttlSecondsAfterFinished;
  if (seconds === undefined) return undefined;
  const ended = conditionOf(job, holds(job, "Complete") ? "Complete" : "Failed");
  const afterMs = Date.parse(ended?.lastTransitionTime ?? "") + seconds * 1000 - clock.now();
  if (afterMs > 0) return { afterMs, background: true };
  core.delete(refOf(job), { propagationPolicy: "Background" });
  return undefined;
}

/** Makes or deletes pods until as many run as should. */
function manage(deps: ControllerDeps, job: Job, accounts: Accounts, backOffMs: number): Requeue | undefined {
  const { active, terminating } = accounts;
  const waitsForEnd = job.spec?.podReplacementPolicy === "Failed";
  const running = waitsForEnd ? [...active, ...terminating] : active;
  const wanted = wantedPods(job, accounts);
  for (const pod of leastAdvanced(active, active.length - wanted)) deletePod(deps, job, pod, { counted: false });
  const missing = wanted - running.length;
  if (missing <= 0) return undefined;
  if (backOffMs > 0) return { afterMs: backOffMs };
  if (!isIndexed(job)) {
    for (let made = 0; made < missing; made += 1) create(deps, job, accounts);
    return undefined;
  }
  const { indexes, afterMs } = indexesDue(deps, job, accounts, running);
  for (const index of indexes.slice(0, missing)) create(deps, job, accounts, index);
  return { afterMs };
}

function create({ core, events }: ControllerDeps, job: Job, { retried }: Accounts, index?: number): void {
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
  const all = Array.from({ length: job.spec?.completions ?? 0 }, (_, index) => index);
  const waits = all
    .filter((index) => !taken.has(index))
    .map((index) => {
      const failed = retried.get(index);
      const backOffMs = failed === undefined ? 0 : delayMs(jobBackOff, failureCountOf(failed).all + 1);
      return { index, leftMs: failed === undefined ? 0 : endedMs(failed) + backOffMs - clock.now() };
    });
  return {
    indexes: waits.filter(({ leftMs }) => leftMs <= 0).map(({ index }) => index),
    afterMs: Math.min(...waits.map(({ leftMs }) => leftMs).filter((ms) => ms > 0)),
  };
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
