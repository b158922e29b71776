import { conditionOf, type Job } from "../../cluster/objects.ts";
import { holds } from "../core/conditions.ts";
import type { Accounts } from "./job-accounting.ts";
import { isIndexed, parseIndexes } from "./job-pods.ts";

/** How a Job is to end: first as a target, then, when no pod of it is left, for good. */
export interface JobEnd {
  readonly target: "SuccessCriteriaMet" | "FailureTarget";
  readonly final: "Complete" | "Failed";
  readonly reason: string;
  readonly message: string;
}

/** The end that a Job has reached or is on its way to; undefined while it goes on. */
export function endOf(job: Job, accounts: Accounts, nowMs: number): JobEnd | undefined {
  return targetedEnd(job) ?? failureOf(job, accounts, nowMs) ?? policyOf(job, accounts) ?? successOf(job, accounts);
}

export function isFinished(job: Job): boolean {
  return holds(job, "Complete") || holds(job, "Failed");
}

/** Milliseconds until the Job has been active for too long; infinite without a deadline, or while it is suspended. */
export function deadlineInMs({ spec, status }: Job, nowMs: number): number {
  const seconds = spec?.activeDeadlineSeconds;
  if (seconds === undefined || spec?.suspend === true) return Number.POSITIVE_INFINITY;
  const startMs = status?.startTime === undefined ? nowMs : Date.parse(status.startTime);
  return Math.max(0, startMs + seconds * 1000 - nowMs);
}

const ends: readonly Pick<JobEnd, "target" | "final">[] = [
  { target: "FailureTarget", final: "Failed" },
  { target: "SuccessCriteriaMet", final: "Complete" },
];

function targetedEnd(job: Job): JobEnd | undefined {
  const end = ends.find(({ target }) => holds(job, target));
  const { reason = "", message = "" } = (end && conditionOf(job, end.target)) ?? {};
  return end && { ...end, reason, message };
}

function failureOf(job: Job, accounts: Accounts, nowMs: number): JobEnd | undefined {
  const { completions = 0, maxFailedIndexes = Number.POSITIVE_INFINITY } = job.spec ?? {};
  const { failJob, failedIndexes, completedIndexes } = accounts;
  const indexesAreOver = failedIndexes.size > 0 && failedIndexes.size + completedIndexes.size >= completions;
  const causes: [boolean, string, string][] = [
    [failJob !== undefined, "PodFailurePolicy", failJob ?? ""],
    [isPastBackoffLimit(job, accounts), "BackoffLimitExceeded", "Job has reached the specified backoff limit"],
    [deadlineInMs(job, nowMs) === 0, "DeadlineExceeded", "Job was active longer than specified deadline"],
    [failedIndexes.size > maxFailedIndexes, "MaxFailedIndexesExceeded", tooManyIndexes],
    [indexesAreOver, "FailedIndexes", "Job has failed indexes"],
  ];
  const cause = causes.find(([holds]) => holds);
  return cause && { target: "FailureTarget", final: "Failed", reason: cause[1], message: cause[2] };
}

const tooManyIndexes = "Job has exceeded the specified maximal number of failed indexes";

/** Under OnFailure a container fails in place and its pod does not: there as many restarts as the limit are too many. */
function isPastBackoffLimit(job: Job, { failed, restarts }: Accounts): boolean {
  const limit = job.spec?.backoffLimit ?? 6;
  if (failed > limit) return true;
  return job.spec?.template.spec?.restartPolicy === "OnFailure" && restarts >= Math.max(limit, 1);
}

function success(reason: string, message: string): JobEnd {
  return { target: "SuccessCriteriaMet", final: "Complete", reason, message };
}

/** The first rule of successPolicy that is met. */
function policyOf(job: Job, { completedIndexes }: Accounts): JobEnd | undefined {
  if (!isIndexed(job)) return undefined;
  const index = (job.spec?.successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    const wanted = [...(succeededIndexes === undefined ? completedIndexes : parseIndexes(succeededIndexes))];
    return wanted.filter((one) => completedIndexes.has(one)).length >= (succeededCount ?? wanted.length);
  });
  return index < 0 ? undefined : success("SuccessPolicy", `Matched rules at index ${index}`);
}

/** Without `completions` one success is enough, once the other pods have ended too. */
function successOf(job: Job, { succeeded, active, terminating }: Accounts): JobEnd | undefined {
  const completions = job.spec?.completions;
  const reached =
    completions === undefined ? succeeded > 0 && active.length + terminating.length === 0 : succeeded >= completions;
  return reached ? success("CompletionsReached", "Reached expected number of succeeded pods") : undefined;
}
