import type { Job } from "../../cluster/objects.ts";
import { conditionIn, holds } from "./conditions.ts";
import type { Accounts } from "./job-accounting.ts";

/** How a Job is to end: first as a target, then, when no pod of it is left, for good. */
export interface JobEnd {
  readonly target: "SuccessCriteriaMet" | "FailureTarget";
  readonly final: "Complete" | "Failed";
  readonly reason: string;
  readonly message: string;
}

/** The end that a Job has reached or is on its way to; undefined while it goes on. */
export function endOf(job: Job, accounts: Accounts, nowMs: number): JobEnd | undefined {
  return targetedEnd(job) ?? failureOf(job, accounts, nowMs) ?? successOf(job, accounts);
}

export function isFinished(job: Job): boolean {
  return holds(job, "Complete") || holds(job, "Failed");
}

/** Milliseconds until the Job has been active for too long; undefined without a deadline. */
export function deadlineInMs(job: Job, nowMs: number): number | undefined {
  const seconds = job.spec?.activeDeadlineSeconds;
  if (seconds === undefined) return undefined;
  const startMs = job.status?.startTime === undefined ? nowMs : Date.parse(job.status.startTime);
  return Math.max(0, startMs + seconds * 1000 - nowMs);
}

function targetedEnd(job: Job): JobEnd | undefined {
  const ends = [
    ["FailureTarget", "Failed"],
    ["SuccessCriteriaMet", "Complete"],
  ] as const;
  for (const [target, final] of ends) {
    const condition = conditionIn(job, target);
    if (condition?.status !== "True") continue;
    return { target, final, reason: condition.reason ?? "", message: condition.message ?? "" };
  }
  return undefined;
}

function failureOf(job: Job, accounts: Accounts, nowMs: number): JobEnd | undefined {
  const failure = (reason: string, message: string): JobEnd => ({
    target: "FailureTarget",
    final: "Failed",
    reason,
    message,
  });
  if (accounts.failJob !== undefined) return failure("PodFailurePolicy", accounts.failJob);
  if (isPastBackoffLimit(job, accounts)) {
    return failure("BackoffLimitExceeded", "Job has reached the specified backoff limit");
  }
  if (deadlineInMs(job, nowMs) === 0) {
    return failure("DeadlineExceeded", "Job was active longer than specified deadline");
  }
  return undefined;
}

/** Under OnFailure a container fails in place and its pod does not: there as many restarts as the limit are too many. */
function isPastBackoffLimit(job: Job, { failed, restarts }: Accounts): boolean {
  const limit = job.spec?.backoffLimit ?? 6;
  if (failed > limit) return true;
  return job.spec?.template.spec?.restartPolicy === "OnFailure" && restarts >= Math.max(limit, 1);
}

/** Without `completions` one success is enough, once the other pods have ended too. */
function successOf(job: Job, { succeeded, active, terminating }: Accounts): JobEnd | undefined {
  const completions = job.spec?.completions;
  const reached =
    completions === undefined ? succeeded > 0 && active.length + terminating.length === 0 : succeeded >= completions;
  if (!reached) return undefined;
  return {
    target: "SuccessCriteriaMet",
    final: "Complete",
    reason: "CompletionsReached",
    message: "Reached expected number of succeeded pods",
  };
}
