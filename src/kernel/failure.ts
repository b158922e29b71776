/** What the process exits with. 0 is success; the rest say whose turn it is. */
export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  declined: 3,
  jobFailed: 4,
  leftovers: 5,
  interrupted: 130,
  terminated: 143,
} as const;

/** The closed table of failures: a code, and the exit status it leads to. */
const failureCodes = {
  BUG: exitCodes.bug,
  USAGE: exitCodes.usage,
  SPEC_INVALID: exitCodes.usage,
  FILE_NOT_FOUND: exitCodes.usage,
  FILE_INVALID: exitCodes.usage,
  FILES_STALE: exitCodes.usage,
  JOB_INVALID: exitCodes.usage,
  JOB_REFUSED: exitCodes.usage,
  NO_ENVIRONMENT: exitCodes.usage,
  LOCKED: exitCodes.usage,
  JOURNAL_CORRUPT: exitCodes.usage,
  CLUSTER_UNREACHABLE: exitCodes.usage,
  CLUSTER_FAILED: exitCodes.bug,
  API_ERROR: exitCodes.bug,
  AWS_CREDENTIALS: exitCodes.usage,
  AWS_DENIED: exitCodes.usage,
  AWS_UNREACHABLE: exitCodes.usage,
  AWS_ERROR: exitCodes.bug,
  TOOL_MISSING: exitCodes.usage,
  ENGINE_FAILED: exitCodes.usage,
  STATE_LOCKED: exitCodes.usage,
  CHART_FAILED: exitCodes.usage,
  NOT_READY: exitCodes.usage,
  TIMEOUT: exitCodes.jobFailed,
  JOB_FAILED: exitCodes.jobFailed,
  CHECK_FAILED: exitCodes.jobFailed,
  PIPELINE_FAILED: exitCodes.jobFailed,
  BUDGET_EXCEEDED: exitCodes.usage,
  LEFTOVERS: exitCodes.leftovers,
  DECLINED: exitCodes.declined,
  INTERRUPTED: exitCodes.interrupted,
  TERMINATED: exitCodes.terminated,
} as const;

export type FailureCode = keyof typeof failureCodes;

export interface FailureDetails {
  /** Why it happened, in one sentence a newcomer understands. */
  readonly why?: string;
  /** What to do about it; a command or text to paste where there is one. */
  readonly fix?: string;
  /** File, line, field or object that is concerned. */
  readonly where?: string;
  /** Several problems found at once, one line each. */
  readonly problems?: readonly string[];
  readonly cause?: unknown;
}

/**
 * An error the user is meant to see. Anything else that is thrown is a bug.
 * The message is lower case, has no full stop and contains the wrong value.
 */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly details: FailureDetails;

  constructor(code: FailureCode, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "Failure";
    this.code = code;
    this.details = details;
  }
}

/** The exit status for anything thrown: a Failure has its own, the rest are bugs (1). */
export function exitCodeOf(error: unknown): number {
  return error instanceof Failure ? failureCodes[error.code] : exitCodes.bug;
}

/** Whether a user or the system asked the work to stop. */
export function isInterruption(error: unknown): boolean {
  return error instanceof Failure && (error.code === "INTERRUPTED" || error.code === "TERMINATED");
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
