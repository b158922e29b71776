import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { TimelineEntry } from "../../src/timeline/entries.ts";
import { spentUsd, timelineModel } from "../../src/timeline/model.ts";
import { summarize } from "../../src/timeline/summarize.ts";
import { parseSummary } from "../../src/timeline/summary-schema.ts";
import { anyTimeline } from "./arbitrary.ts";

const seed = { seed: 7, numRuns: 200 };

describe("any timeline", () => {
  it("conserves money between parts and sum", () => {
    fc.assert(
      fc.property(anyTimeline, (entries) => {
        const { usd, nodes, charges } = summarize(entries);
        const parts = [...nodes, ...charges].reduce((total, part) => total + (part.usd ?? 0), 0);
        expect(usd).toBeCloseTo(parts, 6);
        expect(spentUsd(entries)).toBe(usd);
      }),
      seed,
    );
  });

  it("spends over time what it costs", () => {
    fc.assert(
      fc.property(anyTimeline, (entries) => {
        const { cost, usd, nodes, charges, compare } = timelineModel(entries);
        const last = cost.at(-1) ?? { chargesUsd: 0, nodesUsd: 0, onDemandUsd: 0 };
        // each part is rounded to a millionth of a dollar
        const slack = 1e-6 * (nodes.length + charges.length + 1);
        expect(Math.abs(last.chargesUsd + last.nodesUsd - usd)).toBeLessThanOrEqual(slack);
        expect(Math.abs(last.chargesUsd + last.onDemandUsd - compare.onDemandUsd)).toBeLessThanOrEqual(slack);
        for (const [index, point] of cost.slice(1).entries()) {
          expect(point.at).toBeGreaterThan(cost[index]?.at ?? 0);
          expect(point.nodesUsd).toBeGreaterThanOrEqual((cost[index]?.nodesUsd ?? 0) - 1e-9);
        }
      }),
      seed,
    );
  });

  it("reads the same in any order", () => {
    const shuffled = anyTimeline.chain((entries) =>
      fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })),
    );
    fc.assert(
      fc.property(shuffled, ([entries, other]) => {
        expect(timelineModel(other)).toEqual(timelineModel(entries));
      }),
      seed,
    );
  });

  it("reads the same when lines come twice", () => {
    const doubled = anyTimeline.chain((entries) => fc.tuple(fc.constant(entries), fc.subarray(entries)));
    fc.assert(
      fc.property(doubled, ([entries, again]) => {
        expect(timelineModel([...entries, ...again])).toEqual(timelineModel(entries));
      }),
      seed,
    );
  });

  it("minds nothing that a resumed run tells again", () => {
    fc.assert(
      fc.property(anyTimeline, (entries) => {
        const retold = entries.filter(({ type }) => type !== "phase").map(later);
        const { seconds: _, ...model } = timelineModel([...entries, ...retold]);
        const { seconds: __, ...expected } = timelineModel(entries);
        // a phase that broke off lasts, here, until the last line was written
        expect({ ...model, phases: [] }).toEqual({ ...expected, phases: [] });
      }),
      seed,
    );
  });

  it("makes a summary that keeps its schema", () => {
    fc.assert(
      fc.property(anyTimeline, (entries) => {
        const summary = summarize(entries);
        expect(parseSummary(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
      }),
      seed,
    );
  });

  it("bills a launched node a minute at least", () => {
    fc.assert(
      fc.property(anyTimeline, (entries) => {
        for (const { billed, at, usd, usdPerHour } of timelineModel(entries).nodes) {
          const launched = at.launched ?? at.registered ?? at.ready;
          expect(billed === undefined).toBe(launched === undefined);
          if (billed === undefined) expect(usd).toBe(0);
          else expect(usd).toBeGreaterThanOrEqual(usdPerHour / 60 - 1e-6);
        }
      }),
      seed,
    );
  });
});

function later(entry: TimelineEntry): TimelineEntry {
  return { ...entry, wall: entry.wall + 1_000_000 };
}
