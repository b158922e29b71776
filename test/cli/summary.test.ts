import { expect, it } from "vitest";

import { summaryResult } from "../../src/cli/summary.ts";
import { Failure } from "../../src/kernel/failure.ts";
import type { TimelineEntry } from "../../src/timeline/entries.ts";
import { summarize } from "../../src/timeline/summarize.ts";

const at = Date.UTC(2026, 0, 1);
const entries: TimelineEntry[] = [
  { at, wall: at, type: "phase", phase: "deploy", state: "started" },
  { at, wall: at, type: "phase", phase: "deploy", state: "failed", message: "not applied" },
];

it.each([
  ["DECLINED", "declined in deploy"],
  ["INTERRUPTED", "interrupted in deploy"],
  ["TERMINATED", "interrupted in deploy"],
  ["TOOL_MISSING", "failed in deploy"],
] as const)("a run that ends with %s is %s", (code, words) => {
  expect(summaryResult(summarize(entries), new Failure(code, "over")).text).toContain(`${words} · `);
});

it("claims no whole cost of what others deployed", () => {
  const down: TimelineEntry[] = [
    { at, wall: at, type: "phase", phase: "destroy", state: "started" },
    { at, wall: at, type: "phase", phase: "destroy", state: "succeeded" },
  ];
  expect(summaryResult(summarize(down)).text).toContain("it was deployed elsewhere");
});
