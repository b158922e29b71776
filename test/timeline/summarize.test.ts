import { describe, expect, it } from "vitest";

import type { Observation } from "../../src/timeline/entries.ts";
import { summarize } from "../../src/timeline/summarize.ts";
import { parseSummary } from "../../src/timeline/summary-schema.ts";
import { at, sampleTimeline, start } from "./sample.ts";

const sample = sampleTimeline();
const without = (type: string, state: string) =>
  sample.filter((entry) => entry.type !== type || !("state" in entry) || entry.state !== state);
const left: Observation = {
  type: "leftovers",
  checked: ["processes"],
  found: [{ kind: "process", name: "42", fix: "kill 42" }],
};

describe("a summary", () => {
  it("is ok when all went well", () => {
    expect(summarize(sample)).toMatchObject({ ok: true, run: "dev-20260101-000000-x7kq", leftovers: [], report: null });
  });

  it.each([
    ["something is left", [...sample, at(411, left)]],
    [
      "a job failed",
      sample.map((entry) =>
        entry.type === "job" && entry.state === "succeeded" ? { ...entry, state: "failed" as const } : entry,
      ),
    ],
    ["a job did not end", without("job", "succeeded")],
    ["a phase broke off", sample.filter(({ at: time }) => time < start + 300_000)],
    ["nothing ran", []],
  ])("is not ok when %s", (_, entries) => {
    expect(summarize(entries).ok).toBe(false);
  });

  it("is ok when leftovers were removed later", () => {
    expect(summarize([...sample, at(408.5, left)]).ok).toBe(true);
  });

  it("keeps its schema when empty", () => {
    expect(parseSummary(summarize([]))).toMatchObject({ ok: false, usd: 0, phases: [], jobs: [], nodes: [] });
  });

  it("tells times only of what happened", () => {
    const entries = [at(0, { type: "node", name: "n", state: "requested" } as const)];
    expect(summarize(entries).nodes).toMatchObject([{ launchedAt: null, readyAt: null, goneAt: null, usd: 0 }]);
  });

  it("names the report it is given", () => {
    const report = { dir: "/r", html: "/r/report.html", markdown: "/r/report.md", timeline: "/r/timeline.jsonl" };
    expect(summarize(sample, { report }).report).toEqual(report);
  });
});
