import { unexpectedAwsFailure } from "../aws/errors.ts";
import { ApiError } from "../cluster/api.ts";
import { Failure, messageOf } from "../kernel/failure.ts";
import type { ErrorSummary } from "../timeline/summary.ts";

/** Anything thrown, as data. What is not a Failure is a bug and says so. */
export function errorReport(thrown: unknown): ErrorSummary {
  const error = unexpectedAwsFailure(thrown) ?? thrown;
  if (error instanceof Failure) {
    const { why, where, fix, problems } = error.details;
    return {
      code: error.code,
      message: error.message,
      ...(why !== undefined && { why }),
      ...(where !== undefined && { where }),
      ...(fix !== undefined && { fix }),
      ...(problems !== undefined && { problems }),
    };
  }
  if (error instanceof ApiError) return { code: "API_ERROR", message: error.message };
  return { code: "BUG", message: messageOf(error), why: "this is a bug in aura" };
}

/** Anything thrown, for people: what, where, why, and a fix to paste. */
export function errorText(error: unknown): string {
  const { code, message, why, where, fix, problems = [] } = errorReport(error);
  const line = (label: string, text: string | undefined) =>
    text === undefined ? [] : [`  ${label.padEnd(6)} ${text}`];
  const stack = code === "BUG" && error instanceof Error && error.stack ? [error.stack] : [];
  return [
    `error: ${message}`,
    ...problems.map((problem) => `  - ${problem}`),
    ...line("where", where),
    ...line("why", why),
    ...line("fix", fix),
    ...stack,
  ].join("\n");
}

/** What work fails with; undefined when it does not. */
export async function failureOf(work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error ?? new Error("failed without a reason");
  }
}
