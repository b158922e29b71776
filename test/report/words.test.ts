import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { amountTicks, timeAxis } from "../../src/report/charts/axis.ts";
import { summaryText } from "../../src/report/text.ts";
import { bytesText, listed, offsetText, roughDuration } from "../../src/report/words.ts";
import { summarize } from "../../src/timeline/summarize.ts";
import type { Summary } from "../../src/timeline/summary.ts";
import { sampleTimeline } from "../timeline/sample.ts";

describe("words", () => {
  it.each([
    [0, "+0:00"],
    [-5, "+0:00"],
    [59_999, "+0:59"],
    [3_600_000 + 65_000, "+1:01:05"],
  ])("tell an offset of %i ms", (ms, text) => expect(offsetText(ms)).toBe(text));

  it.each([
    [12.4, "12 s"],
    [90, "2 min"],
    [3600, "1 h"],
    [5400, "1 h 30 min"],
  ])("tell about %d seconds", (seconds, text) => expect(roughDuration(seconds)).toBe(text));

  it.each([
    [999, "999 B"],
    [1000, "1.0 kB"],
    [2.5e6, "2.5 MB"],
    [3e9, "3.0 GB"],
  ])("tell %d bytes", (bytes, text) => expect(bytesText(bytes)).toBe(text));

  it("list names with an and", () => {
    expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listed)).toEqual(["", "a", "a and b", "a, b and c"]);
  });
});

describe("an axis", () => {
  it("marks few, even and round moments", () => {
    fc.assert(
      fc.property(fc.nat(1e7), fc.integer({ min: 0, max: 1e9 }), (from, length) => {
        const { ticks, percent } = timeAxis(from, from + length, 8, 0);
        expect(ticks.length).toBeLessThanOrEqual(9);
        for (const tick of ticks) {
          expect(tick % 1000).toBe(0);
          expect(percent(tick)).toBeGreaterThanOrEqual(0);
          expect(percent(tick)).toBeLessThanOrEqual(100);
        }
      }),
      { seed: 7 },
    );
  });

  it.each([
    [0, [0, 1]],
    [0.3, [0, 0.1, 0.2, 0.3]],
    [7, [0, 2, 4, 6, 8]],
  ])("marks amounts up to %d", (most, ticks) => {
    expect(amountTicks(most, 4).map((tick) => Number(tick.toFixed(9)))).toEqual(ticks);
  });
});

describe("the summary for people", () => {
  const summary = summarize(sampleTimeline());
  const job = summary.jobs[0];
  const node = summary.nodes[0];

  it("stays short with many jobs and nodes", () => {
    const many: Summary = {
      ...summary,
      jobs: Array.from({ length: 300 }, () => job).flatMap((one) => one ?? []),
      nodes: Array.from({ length: 90 }, () => node).flatMap((one) => one ?? []),
      leftovers: Array.from({ length: 40 }, () => ({ kind: "process", name: "1", fix: "kill 1" })),
      report: { dir: "r", html: "r/report.html", markdown: "r/report.md", timeline: "r/timeline.jsonl" },
    };
    const lines = summaryText(many).split("\n");
    expect(lines.length).toBeLessThanOrEqual(21);
    expect(lines).toContain("and 296 more jobs");
    expect(lines).toContain("and 87 more nodes");
    expect(lines).toContain("left     process 1: kill 1");
    expect(lines.at(-1)).toBe("report   r/report.html");
  });

  it("names the phase that failed", () => {
    const phases = summary.phases.map((phase) => ({ ...phase, ok: phase.name !== "run" }));
    expect(summaryText({ ...summary, ok: false, phases }).split("\n")[0]).toContain("failed in run");
  });

  it("claims nothing of leftovers before destroy", () => {
    const phases = summary.phases.filter(({ name }) => name !== "destroy");
    expect(summaryText({ ...summary, phases })).not.toContain("left");
    expect(summaryText(summary)).toContain("left     nothing");
  });
});
