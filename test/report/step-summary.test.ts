import { describe, expect, it } from "vitest";

import { mostSummaryBytes, renderStepSummary } from "../../src/report/step-summary.ts";
import { checkAutoscaling } from "../../src/report/validation/autoscaling.ts";
import type { TimelineEntry } from "../../src/timeline/entries.ts";
import { timelineModel } from "../../src/timeline/model.ts";
import { at } from "../timeline/sample.ts";
import { cases } from "./validation/cases.ts";

const bytes = (text: string) => Buffer.byteLength(text);

/** A run with many warnings, each of so many characters. */
function noisy(events: number, characters: number): TimelineEntry[] {
  const message = "ü|".repeat(characters / 2);
  return Array.from({ length: events }, (_, index) =>
    at(index, { type: "event", level: "Warning", kind: "Pod", name: `p-${index}`, reason: "BackOff", message }),
  );
}

describe("a step's summary", () => {
  it("tells the check before the tables", () => {
    const model = timelineModel(cases["success"] ?? []);
    const text = renderStepSummary(model, { check: checkAutoscaling(model) });
    expect(text.indexOf("## ✅ Autoscaling works")).toBeGreaterThan(text.indexOf("# ✅ Succeeded"));
    expect(text.indexOf("## Jobs")).toBeGreaterThan(text.indexOf("## ✅ Autoscaling works"));
  });

  it("caps tables and counts the rest", () => {
    expect(renderStepSummary(timelineModel(noisy(300, 10)))).toContain("\n\nand 100 more\n");
  });

  it.each([
    [300, 2000, 0],
    [300, 10_000, 0],
    [20, 400_000, 0],
    [300, 2000, mostSummaryBytes - 5000],
    [300, 2000, mostSummaryBytes],
  ])("never exceeds what GitHub takes (%i events, %i characters, %i taken)", (events, characters, taken) => {
    const text = renderStepSummary(timelineModel(noisy(events, characters)), { taken });
    expect(bytes(text) + taken).toBeLessThanOrEqual(mostSummaryBytes);
    expect(text).not.toContain("\uFFFD");
  });

  it("says what does not fit", () => {
    expect(renderStepSummary(timelineModel(noisy(20, 400_000)))).toContain("The rest does not fit here");
  });
});
