import { join, resolve } from "node:path";

import { writeAtomic } from "../kernel/files.ts";
import type { TimelineEntry } from "../timeline/entries.ts";
import { timelineModel } from "../timeline/model.ts";
import { summaryOf } from "../timeline/summarize.ts";
import type { Summary } from "../timeline/summary.ts";
import { renderHtml } from "./html.ts";
import { renderMarkdown } from "./markdown.ts";

export interface ReportOptions {
  /** Where the timeline, logs and outputs are; the report's files are put beside them, replacing older ones. */
  readonly directory: string;
  readonly entries: readonly TimelineEntry[];
}

/** Writes `report.html`, `report.md` and `summary.json` and returns the summary, which names them by absolute path. */
export async function writeReport({ directory, entries }: ReportOptions): Promise<Summary> {
  const dir = resolve(directory);
  const report = {
    dir,
    html: join(dir, "report.html"),
    markdown: join(dir, "report.md"),
    timeline: join(dir, "timeline.jsonl"),
  };
  const model = timelineModel(entries);
  const summary = summaryOf(model, { report });
  await writeAtomic(report.html, renderHtml(model));
  await writeAtomic(report.markdown, renderMarkdown(model));
  await writeAtomic(join(dir, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}
