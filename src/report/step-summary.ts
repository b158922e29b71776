import type { TimelineModel } from "../timeline/model-types.ts";
import { renderMarkdown } from "./markdown.ts";
import type { AutoscalingCheck } from "./validation/check.ts";

/**
 * The most that GitHub takes of one step; above it drops the summary as a whole. Source: GitHub Docs, "Workflow commands
 * for GitHub Actions", step isolation and limits: 1 MiB, which the runner checks as 1024 KiB.
 */
export const mostSummaryBytes = 1024 * 1024;

/** Rows of each table, fewer where the summary would be too long. */
const rowSteps = [200, 50, 15, 5];
const fewestRows = 5;

export interface StepSummaryOptions {
  readonly check?: AutoscalingCheck;
  /** What is in the file already, in bytes. Default 0. */
  readonly taken?: number;
}

/** The report for a CI job's summary, never longer than what is left of the most that GitHub takes. Pure. */
export function renderStepSummary(model: TimelineModel, { check, taken = 0 }: StepSummaryOptions = {}): string {
  const room = Math.max(0, mostSummaryBytes - taken);
  const render = (rows: number) => renderMarkdown(model, { rows, ...(check && { check }) });
  const fitting = rowSteps.find((rows) => Buffer.byteLength(render(rows)) <= room);
  return fitting === undefined ? cutTo(render(fewestRows), room) : render(fitting);
}

const cutNote = "\n\nThe rest does not fit here; the report in the artifact has it.\n";

/** Whole lines only: half a table row or half a character would spoil what is before it. */
function cutTo(text: string, room: number): string {
  const note = Buffer.byteLength(cutNote);
  if (room < note) return "";
  const kept = Buffer.from(text).subarray(0, room - note);
  const end = kept.lastIndexOf("\n");
  return `${kept.subarray(0, Math.max(0, end)).toString()}${cutNote}`;
}
