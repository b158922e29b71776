import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { writeAtomic } from "../../src/kernel/files.ts";
import { renderHtml } from "../../src/report/html.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { summaryText } from "../../src/report/text.ts";
import { timelineModel } from "../../src/timeline/model.ts";
import { summaryOf } from "../../src/timeline/summarize.ts";
import { sampleTimeline } from "../timeline/sample.ts";

const folder = join(import.meta.dirname, "../golden");
const model = timelineModel(sampleTimeline());
const dir = "/work/report";
const report = {
  dir,
  html: `${dir}/report.html`,
  markdown: `${dir}/report.md`,
  timeline: `${dir}/timeline.jsonl`,
};
const summary = summaryOf(model, { report });

// UPDATE_GOLDEN=1 writes the files anew: read the difference before committing it
describe("the report of the sample", () => {
  it.each([
    ["report.html", renderHtml(model)],
    ["report.md", renderMarkdown(model)],
    ["summary.json", `${JSON.stringify(summary, null, 2)}\n`],
    ["summary.txt", `${summaryText(summary)}\n`],
  ])("is as the golden %s", async (name, text) => {
    const path = join(folder, name);
    if (process.env["UPDATE_GOLDEN"] === "1") await writeAtomic(path, text);
    expect(text).toBe(await readFile(path, "utf8"));
  });
});
