import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { renderHtml } from "../../src/report/html.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { gpuVerdicts, verdictOf } from "../../src/report/verdict.ts";
import { writeReport } from "../../src/report/write-report.ts";
import type { Observation, TimelineEntry } from "../../src/timeline/entries.ts";
import { timelineModel } from "../../src/timeline/model.ts";
import { parseSummary } from "../../src/timeline/summary-schema.ts";
import { at, sampleTimeline } from "../timeline/sample.ts";

const sample = sampleTimeline();
const verdict = (entries: readonly TimelineEntry[]) => {
  const { word, sentence } = verdictOf(timelineModel(entries));
  return `${word}. ${sentence}`;
};
/** The sample up to a second of the cluster's time. */
const until = (second: number) => sample.filter((entry) => entry.at <= (sample[0]?.at ?? 0) + second * 1000);
const withoutJobs = sample.filter(({ type }) => type !== "job" && type !== "pod" && type !== "wait");
const replaced = (state: string, change: Partial<Observation>) =>
  sample.map((entry) =>
    entry.type === "job" && entry.name === "gpu-test" && entry.state === state
      ? ({ ...entry, ...change } as TimelineEntry)
      : entry,
  );
const left: Observation = {
  type: "leftovers",
  checked: ["processes"],
  found: [{ kind: "process", name: "4711", fix: "kill -9 4711" }],
};

describe("the verdict", () => {
  it.each<[string, readonly TimelineEntry[], string]>([
    [
      "success",
      sample,
      "Succeeded. 2 jobs ran to the end on 3 nodes. Expect about $0.0759 and 22 min on AWS; rehearsed here in 41.0 s.",
    ],
    [
      "a failed job",
      replaced("succeeded", { state: "failed" } as Partial<Observation>),
      "Failed. Job gpu-test failed with exit code 0.",
    ],
    [
      "a job out of time",
      replaced("succeeded", { state: "timed-out" } as Partial<Observation>),
      "Failed. Job gpu-test ran out of time.",
    ],
    ["a crash in the run", until(200), "Unfinished. Job gpu-test did not end."],
    ["a crash in deploy", until(3), "Unfinished. Deploy broke off."],
    ["something left", [...sample, at(411, left)], "Failed. 1 thing could not be taken down."],
    ["no job", withoutJobs, "Succeeded. No job was run; 3 nodes came and went."],
    ["nothing at all", [], "Empty. This timeline records no phase of a run."],
  ])("names %s", (_, entries, sentence) => {
    expect(verdict(entries)).toContain(sentence);
  });

  it("speaks of the bill where nothing was simulated", () => {
    const real = sample.map((entry) =>
      entry.type === "run" ? { ...entry, simulated: [], target: "aws", speed: 1 } : entry,
    );
    expect(verdict(real)).toContain("It cost $0.0759 and 22 min.");
    expect(renderHtml(timelineModel(real))).not.toMatch(/This was a rehearsal|rehearsed|to expect/);
  });
});

describe("the verdict on a GPU job", () => {
  it.each<[string, readonly TimelineEntry[], object]>([
    [
      "passed with device and log",
      sample,
      { result: "passed", device: "1 × t4 on g4dn.xlarge (spot, us-east-1b)", reason: "exit code 0" },
    ],
    ["not run before a container starts", until(100), { result: "not run", reason: "no container was started" }],
    ["unfinished while it runs", until(300), { result: "unfinished" }],
    [
      "passed by exit code where the job's end was not seen",
      until(328).slice(0, -1),
      { result: "passed", reason: "exit code 0" },
    ],
    ["failed with its job", replaced("succeeded", { state: "failed" } as Partial<Observation>), { result: "failed" }],
  ])("is %s", (_, entries, expected) => {
    const verdicts = gpuVerdicts(timelineModel(entries));
    expect(verdicts).toMatchObject([expected]);
  });

  it("ends with the last words of the last attempt", () => {
    expect(gpuVerdicts(timelineModel(sample))[0]?.tail).toMatch(/step 40\/40\nGPU test passed$/);
  });
});

describe("a report", () => {
  it.each<[string, readonly TimelineEntry[]]>([
    ["an empty timeline", []],
    ["a run without jobs", withoutJobs],
    ["a run that crashed in deploy", until(3)],
    ["a run that crashed with nodes up", until(200)],
    ["a single moment", [at(0, { type: "node", name: "n", state: "launched", usdPerHour: 1 })]],
  ])("is made of %s", (_, entries) => {
    const model = timelineModel(entries);
    const page = renderHtml(model);
    expect(page).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect(`${page}${renderMarkdown(model)}`).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  it("flags nodes that are still there", () => {
    expect(renderHtml(timelineModel(until(200)))).toContain(
      '<span class="bad">30.0 s, still there</span>'.replace("30.0 s", "1 min 00 s"),
    );
  });

  it("shows what is left with its remedy", () => {
    const page = renderHtml(timelineModel([...sample, at(411, left)]));
    expect(page).toContain("✕ 1 thing found.");
    expect(page).toContain("kill -9 4711");
  });

  it("needs nothing from anywhere", () => {
    const page = renderHtml(timelineModel(sample));
    expect(page).toContain("default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;");
    expect(page).not.toMatch(/https?:|<script|<link|<img|url\(|@import|@font-face/i);
  });

  it("is written beside its timeline", async () => {
    const directory = await mkdtemp(join(tmpdir(), "aura-report-"));
    try {
      const summary = await writeReport({ directory, entries: sample });
      const read = (name: string) => readFile(join(directory, name), "utf8");
      expect(parseSummary(JSON.parse(await read("summary.json")))).toEqual(summary);
      expect(summary.report?.html).toBe(join(directory, "report.html"));
      expect(await read("report.html")).toContain("gpu-test-q5n8s");
      expect(await read("report.md")).toContain("# ✅ Succeeded");
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
