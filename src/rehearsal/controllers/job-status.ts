import { type Condition, conditionOf, type Job } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import { holds, withCondition, writeStatus } from "../core/conditions.ts";
import { type ControllerDeps, controllerManager } from "./deps.ts";
import { type Accounts, indexStatus } from "./job-accounting.ts";
import type { JobEnd } from "./job-end.ts";

/** Writes what is known now; the last word (Complete, Failed) only when no pod of the Job is left. */
export function writeJobStatus(deps: ControllerDeps, job: Job, accounts: Accounts, end: JobEnd | undefined): Job {
  const { active, terminating, succeeded, failed, failedRetried } = accounts;
  const isSuspended = job.spec?.suspend === true && end === undefined;
  const isResumed = !isSuspended && holds(job, "Suspended");
  const isStarted = isResumed || (!isSuspended && job.status?.startTime === undefined);
  const final = active.length + terminating.length === 0 ? end?.final : undefined;
  const nowMs = deps.clock.now();
  const rows = [...suspensionOf(isSuspended, isResumed), ...(end ? endRows(end, final) : [])];
  const status = {
    active: active.length,
    ready: active.filter((pod) => holds(pod, "Ready")).length,
    terminating: terminating.length,
    succeeded,
    failed: failed - (end === undefined ? failedRetried : 0),
    ...indexStatus(job, accounts),
    uncountedTerminatedPods: {},
    ...(isStarted && { startTime: timestamp(nowMs) }),
    ...(final === "Complete" && { completionTime: timestamp(nowMs) }),
    conditions: rows.reduce(
      (all, one) => withCondition(all, one, nowMs),
      (job.status?.conditions ?? []) as Condition[],
    ),
  };
  const written = writeStatus(deps.core, job, status, controllerManager);
  tell(deps, job, rows);
  return written;
}

function suspensionOf(isSuspended: boolean, isResumed: boolean): Condition[] {
  if (isSuspended) return [{ type: "Suspended", status: "True", reason: "JobSuspended", message: "Job suspended" }];
  return isResumed ? [{ type: "Suspended", status: "False", reason: "JobResumed", message: "Job resumed" }] : [];
}

function endRows({ target, reason, message }: JobEnd, final: JobEnd["final"] | undefined): Condition[] {
  return [target, final].flatMap((type) => (type ? [{ type, status: "True", reason, message }] : []));
}

/** Says what has changed: each of these conditions has its event. */
function tell({ events }: ControllerDeps, job: Job, rows: readonly Condition[]): void {
  for (const { type, status, reason = "", message = "" } of rows) {
    if (conditionOf(job, type)?.status === status) continue;
    if (type === "Suspended") events.jobs.record(job, "Normal", status === "True" ? "Suspended" : "Resumed", message);
    if (type === "Complete") events.jobs.record(job, "Normal", "Completed", "Job completed");
    if (type === "Failed") events.jobs.record(job, "Warning", reason, message);
  }
}
