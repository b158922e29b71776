import { Failure, isInterruption } from "../kernel/failure.ts";
import type { Session } from "../lifecycle/session.ts";
import { summaryText } from "../report/text.ts";
import { writeReport } from "../report/write-report.ts";
import { summarize } from "../timeline/summarize.ts";
import type { Summary } from "../timeline/summary.ts";
import type { CommandResult } from "./command.ts";

/** Writes the report of a session's run and returns it as a command's result, also where it cannot be written. */
export async function reportResult(session: Session, error?: unknown): Promise<CommandResult> {
  const { entries } = session;
  try {
    const summary = await writeReport({ directory: session.run.reportDir, entries });
    return summaryResult(summary, error ?? session.problem());
  } catch (cause) {
    // what went wrong before matters more than that it could not be written down
    return summaryResult(summarize(entries), error ?? session.problem() ?? cause);
  }
}

export function summaryResult(summary: Summary, error?: unknown): CommandResult {
  return { data: summary, text: summaryText(summary, stoppedBy(error)), ...(error !== undefined && { error }) };
}

function stoppedBy(error: unknown): "interrupted" | "declined" | undefined {
  if (isInterruption(error)) return "interrupted";
  return error instanceof Failure && error.code === "DECLINED" ? "declined" : undefined;
}
