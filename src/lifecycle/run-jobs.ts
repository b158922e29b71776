import { isApiError } from "../cluster/api.ts";
import { type Job, keyOf } from "../cluster/objects.ts";
import { Failure } from "../kernel/failure.ts";
import { count, humanDuration, humanUsd } from "../kernel/text.ts";
import type { JobObserved } from "../timeline/entries.ts";
import { spentUsd } from "../timeline/model.ts";
import { followLogs } from "./follow-logs.ts";
import { guardCluster } from "./guard-cluster.ts";
import { endingOf, lastState, observeJob } from "./job-endings.ts";
import { runLabel } from "./labels.ts";
import { podsSeenEnded } from "./pods-seen-ended.ts";
import type { Recorder } from "./recorder.ts";
import type { Session } from "./session.ts";
import { slots } from "./slots.ts";
import { accessOf } from "./steps/access.ts";
import { jobStep } from "./steps/job.ts";
import { whyUnfinished } from "./unfinished.ts";

/** Jobs submitted at a time. */
const submittedAtOnce = 8;

/**
 * Submits the jobs and waits until each has ended. Fails with JOB_FAILED when one failed, TIMEOUT when
 * `timeoutMs` of the cluster's time were not enough, BUDGET_EXCEEDED when the run got too dear.
 */
export async function runJobs(session: Session, jobs: readonly Job[], signal: AbortSignal): Promise<void> {
  await session.phase("run", async () => {
    const recorder = await session.record();
    const logs = followLogs(session, recorder);
    try {
      await submit(session, jobs, signal);
      const failed = await awaitJobs(session, recorder, jobs, signal);
      if (failed.length > 0) throw jobsFailed(failed);
    } finally {
      await logs.drained();
    }
  });
}

/** Submits the jobs and leaves them to themselves: `collect` finds how they ended. */
export async function submitJobs(session: Session, jobs: readonly Job[], signal: AbortSignal): Promise<void> {
  await session.phase("run", async () => {
    await session.record();
    await submit(session, jobs, signal);
  });
}

/** Waits for jobs that an earlier command submitted, all of the run. Fails as `runJobs` does. */
export async function awaitRun(session: Session, signal: AbortSignal): Promise<void> {
  await session.phase("run", async () => {
    const recorder = await session.record();
    const jobs = [...recorder.jobs.values()].filter(({ metadata }) => metadata.labels?.[runLabel] === session.run.run);
    if (jobs.length === 0) throw new Failure("JOB_INVALID", "no job of this run is there", { fix: "aura run" });
    const logs = followLogs(session, recorder);
    try {
      const failed = await awaitJobs(session, recorder, jobs, signal);
      if (failed.length > 0) throw jobsFailed(failed);
    } finally {
      await logs.drained();
    }
  });
}

/** A job that ran to its end in an earlier command is submitted anew; one that did not is adopted. */
async function submit(session: Session, jobs: readonly Job[], signal: AbortSignal): Promise<void> {
  const known = new Map(jobs.map((job) => [keyOf(job), lastState(session, job)]));
  const { target } = session.options;
  // once the requisites are there: a target may know only then how a job is prepared
  const stepOf = (job: Job) => jobStep(accessOf(session), target.prepare(job, session.facts), session.run.run);
  const ended = jobs.filter((job) => ["succeeded", "failed"].includes(known.get(keyOf(job)) ?? ""));
  await applyRequisites(session, jobs);
  throwFirst(await session.undoJobs(ended.map(stepOf), signal, "run"));
  const take = slots(submittedAtOnce);
  const stop = new AbortController();
  const submissions = jobs.map((job) =>
    take(async () => {
      stop.signal.throwIfAborted();
      if (known.get(keyOf(job)) === undefined || ended.includes(job))
        await observeJob(session, job, { state: "submitted" });
      await session.ensure([stepOf(job)], signal);
    }).catch((error: unknown) => {
      // none is begun after one was refused; those under way come to their end
      stop.abort();
      return error;
    }),
  );
  throwFirst((await Promise.all(submissions)).filter((error) => error !== undefined && error !== stop.signal.reason));
}

/** A namespace that is not there is told of with the job that names it. */
async function applyRequisites(session: Session, jobs: readonly Job[]): Promise<void> {
  const { target } = session.options;
  const requisites = (await target.requisites?.(jobs)) ?? [];
  for (const message of target.notes?.(jobs, session.facts) ?? []) {
    await session.observe({ type: "event", level: "Warning", kind: "Job", name: "", reason: "Outputs", message });
  }
  const api = await session.api();
  for (const object of requisites) {
    await api?.apply(object, { fieldManager: "aura", force: true }).catch((error: unknown) => {
      if (!isApiError(error, 404)) throw error;
    });
  }
}

function throwFirst(errors: readonly unknown[]): void {
  if (errors.length > 0) throw errors[0];
}

interface Failed {
  readonly job: Job;
  readonly message: string;
}

async function awaitJobs(
  session: Session,
  recorder: Recorder,
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<Failed[]> {
  const { clock, environment } = session.options;
  const waiting = new Map(jobs.map((job) => [keyOf(job), job]));
  const failed: Failed[] = [];
  const deadline = (await session.time()) + environment.timeoutMs;
  let sampledAt = 0;
  while (waiting.size > 0) {
    failed.push(...(await settleEnded(session, recorder, waiting)));
    if (waiting.size === 0) break;
    if (signal.aborted) await giveUp(session, waiting, "interrupted", "stopped by the user");
    signal.throwIfAborted();
    if (clock.now() - sampledAt >= 1000) {
      sampledAt = clock.now();
      await sampleUsage(session);
      await guardCluster(session);
      await guardBudget(session, waiting);
    }
    if ((await session.time()) >= deadline) throw await timedOut(session, recorder, waiting);
    await changeOrPause(session, recorder, signal);
  }
  await podsSeenEnded(session, recorder, jobs);
  return failed;
}

/** Takes the jobs that have ended out of `waiting`, observes their end and returns the failed ones. */
async function settleEnded(session: Session, recorder: Recorder, waiting: Map<string, Job>): Promise<Failed[]> {
  const failed: Failed[] = [];
  for (const [key, job] of [...waiting]) {
    const ending = endingOf(recorder.jobs.get(key));
    if (ending === undefined) continue;
    waiting.delete(key);
    await observeJob(session, job, ending);
    if (ending.state === "failed") failed.push({ job, message: ending.message ?? "failed" });
  }
  return failed;
}

async function sampleUsage(session: Session): Promise<void> {
  for (const usage of await session.options.target.usage()) await session.observe({ type: "usage", ...usage });
}

async function guardBudget(session: Session, waiting: Map<string, Job>): Promise<void> {
  const { budgetUsd } = session.options.environment;
  if (budgetUsd === undefined) return;
  const usd = spentUsd(session.entries, await session.time());
  if (usd <= budgetUsd) return;
  await giveUp(session, waiting, "failed", `the budget of ${humanUsd(budgetUsd)} is spent`);
  throw new Failure("BUDGET_EXCEEDED", `the run has cost ${humanUsd(usd)}, its budget is ${humanUsd(budgetUsd)}`, {
    why: "the budget in aura.yaml is the most one run may cost",
    fix: "raise budget: in aura.yaml, or pass --budget",
  });
}

async function giveUp(
  session: Session,
  waiting: Map<string, Job>,
  state: JobObserved["state"],
  message: string,
): Promise<void> {
  for (const job of waiting.values()) await observeJob(session, job, { state, message });
}

async function timedOut(session: Session, recorder: Recorder, waiting: Map<string, Job>): Promise<Failure> {
  const reasons = [...waiting.values()].map(
    (job) => `job ${job.metadata.name}: ${whyUnfinished(session, recorder, job)}`,
  );
  for (const job of waiting.values()) {
    await observeJob(session, job, { state: "timed-out", message: whyUnfinished(session, recorder, job) });
  }
  const { timeoutMs } = session.options.environment;
  return new Failure("TIMEOUT", `${count(waiting.size, "job")} did not end within ${humanDuration(timeoutMs)}`, {
    problems: reasons,
    fix: "raise timeout: in aura.yaml, or pass --timeout",
  });
}

function jobsFailed(failed: readonly Failed[]): Failure {
  return new Failure("JOB_FAILED", `${failed.map(({ job }) => job.metadata.name).join(", ")} failed`, {
    problems: failed.map(({ job, message }) => `job ${job.metadata.name}: ${message}`),
  });
}

/** Waits for the next change in the cluster, at most a quarter of a second. */
function changeOrPause(session: Session, recorder: Recorder, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      off();
      cancel();
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const off = recorder.onChange(finish);
    const cancel = session.options.clock.schedule(250, finish);
    signal.addEventListener("abort", finish, { once: true });
  });
}
