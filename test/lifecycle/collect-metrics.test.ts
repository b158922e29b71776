import { describe, expect, it } from "vitest";

import { manualClock } from "../../src/kernel/clocks.ts";
import { collectMetrics } from "../../src/lifecycle/collect-metrics.ts";
import { observePrices } from "../../src/lifecycle/observe-prices.ts";
import type { Session } from "../../src/lifecycle/session.ts";
import type { Target } from "../../src/lifecycle/target.ts";
import type { Observation, PriceSource, TimelineEntry } from "../../src/timeline/entries.ts";

const clock = manualClock();

function observer() {
  const observed: Observation[] = [];
  const observe = async (observation: Observation) => void observed.push(observation);
  return { observed, observe };
}

describe("metrics of the cluster", () => {
  const karpenter = { source: "Karpenter", path: "metrics/karpenter.prom", bytes: 9, figures: [] };

  async function observedOf(metrics: Target["metrics"]) {
    const { observed, observe } = observer();
    const session = { options: { target: { metrics }, clock }, run: { reportDir: "/report" }, observe };
    const done = collectMetrics(session as unknown as Session);
    await clock.advance(31_000);
    await done;
    return observed;
  }

  it.each<[string, Target["metrics"], readonly object[]]>([
    [
      "are saved into the report",
      async (to) => (to === "/report" ? [karpenter] : []),
      [{ type: "metrics", ...karpenter }],
    ],
    ["are nothing where nothing measures", undefined, []],
    ["keep quiet when they fail", () => Promise.reject(new Error("gone")), []],
    ["are not waited for longer than a while", () => new Promise(() => {}), []],
  ])("%s", async (_, metrics, expected) => {
    expect(await observedOf(metrics)).toEqual(expected);
  });
});

describe("where prices come from", () => {
  const spot: PriceSource = { of: "spot", source: "spot price history", asOf: "2026-01-01T00:00:00Z", live: true };
  const entry: TimelineEntry = { at: 0, wall: 0, type: "prices", sources: [spot] };
  const later = { ...spot, asOf: "2026-01-01T00:15:00Z" };

  it.each<[string, Target["prices"], readonly TimelineEntry[], readonly PriceSource[]]>([
    ["told at first", async () => [spot], [], [spot]],
    ["told when it changed", async () => [later], [entry], [later]],
    ["not told again", async () => [spot], [entry], []],
    ["not told without a price", async () => [], [], []],
    ["not told by others", undefined, [], []],
    ["no reason to fail", () => Promise.reject(new Error("denied")), [], []],
  ])("is %s", async (_, prices, entries, expected) => {
    const { observed, observe } = observer();
    await observePrices(prices === undefined ? {} : { prices }, entries, observe);
    expect(observed).toEqual(expected.length === 0 ? [] : [{ type: "prices", sources: expected }]);
  });
});
