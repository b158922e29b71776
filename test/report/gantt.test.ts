import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ganttChart } from "../../src/report/charts/gantt.ts";
import type { TimelineEntry } from "../../src/timeline/entries.ts";
import { timelineModel } from "../../src/timeline/model.ts";
import { anyTimeline } from "../timeline/arbitrary.ts";
import { sampleTimeline } from "../timeline/sample.ts";

const chart = (entries: readonly TimelineEntry[]) => ganttChart(timelineModel(entries)).markup;
const names = (text: string, kind: "pod" | "node") =>
  [...text.matchAll(new RegExp(`data-${kind}="([^"]*)"`, "g"))].map(([, name]) => name);

describe("the chart of pods and nodes", () => {
  it("shows every pod and node once", () => {
    fc.assert(
      fc.property(anyTimeline, (entries) => {
        const model = timelineModel(entries);
        const text = ganttChart(model).markup;
        expect(names(text, "pod").sort()).toEqual(model.pods.map(({ name }) => name).sort());
        expect(names(text, "node").sort()).toEqual(model.nodes.map(({ name }) => name).sort());
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  it("keeps every bar inside its lane", () => {
    fc.assert(
      fc.property(anyTimeline, (entries) => {
        for (const [, x, width] of chart(entries).matchAll(
          /<rect class="(?:pod|node) [^"]*" x="([\d.]+)%"[^>]* width="([\d.]+)%"/g,
        )) {
          expect(Number(width)).toBeGreaterThanOrEqual(0);
          expect(Number(x) + Number(width)).toBeLessThanOrEqual(100.001);
        }
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  it("puts pods below the node they ran on", () => {
    const order = [...chart(sampleTimeline()).matchAll(/data-(?:pod|node)="([^"]*)"/g)].map(([, name]) => name);
    expect(order).toEqual(["cpu-4h2kz", "app-9xk2p", "gpu-c9qtm", "gpu-test-b7d4w", "gpu-z2m6r", "gpu-test-q5n8s"]);
  });

  it("says in a tooltip when and how long", () => {
    const text = chart(sampleTimeline());
    expect(text).toContain("<title>running +4:28 to +5:28 (1 min 00 s)</title>");
    expect(text).toContain("<title>starting +0:11 to +1:06 (55.0 s)</title>");
    expect(text).toContain("<title>failed, DisruptionTarget, exit code 143</title>");
  });

  it("draws the failed attempt as failed", () => {
    const row = /data-pod="gpu-test-b7d4w"[\s\S]*?<\/svg>/.exec(chart(sampleTimeline()))?.[0];
    expect(row).toContain('class="pod running-failed"');
    expect(row).toContain("✕");
  });
});
