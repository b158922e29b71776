import type { Session } from "../lifecycle/session.ts";
import { summaryText } from "../report/text.ts";
import { writeReport } from "../report/write-report.ts";
import type { Summary } from "../timeline/summary.ts";
import type { CommandResult } from "./command.ts";

/** Writes the report of a session's run and returns it as a command's result. */
export async function reportResult(session: Session, error?: unknown): Promise<CommandResult> {
  const summary = await writeReport({ directory: session.run.reportDir, entries: session.entries });
  return summaryResult(summary, error);
}

export function summaryResult(summary: Summary, error?: unknown): CommandResult {
  return { data: summary, text: summaryText(summary), ...(error !== undefined && { error }) };
}
