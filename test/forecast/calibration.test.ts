import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bounded } from "../../src/forecast/bounded.ts";
import { calibrated } from "../../src/forecast/calibrated.ts";
import { demandForecaster } from "../../src/forecast/demand.ts";
import type { Forecaster } from "../../src/forecast/forecaster.ts";
import { lastValue } from "../../src/forecast/last-value.ts";
import { levelTracker } from "../../src/forecast/level-tracker.ts";
import { mixture, pinball } from "../../src/forecast/mixture.ts";
import { movingMean } from "../../src/forecast/moving-mean.ts";
import { seededRandom } from "../../src/kernel/random.ts";
import { daily, monday } from "./series.ts";

/** Share of bins of the second half under the bound. */
function coverage(forecaster: Forecaster, p: number, demand: readonly number[], ahead = 1): number {
  let covered = 0;
  const bounds: number[] = [];
  for (const [bin, each] of demand.entries()) {
    if (bin >= demand.length / 2 && each <= (bounds[bin - ahead] as number)) covered += 1;
    forecaster.observe(each);
    bounds.push(forecaster.quantile(p, ahead));
  }
  return covered / Math.floor(demand.length / 2);
}

test("covers the share promised whatever comes", () => {
  const outcome = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(outcome, { minLength: 1, maxLength: 400 }), fc.constantFrom(0.5, 0.9, 0.95), (ranks, p) => {
      const tracker = levelTracker([p], 0.02);
      const step = Math.min(0.02, (1 - p) / 10);
      let covered = 0;
      for (const rank of ranks) {
        const asked = tracker.asked(0);
        const under = asked >= 1 || (asked > 0 && rank <= asked);
        covered += under ? 1 : 0;
        tracker.observe(0, under);
      }
      const off = Math.abs(covered / ranks.length - p);
      expect(off).toBeLessThanOrEqual((Math.max(p, 1 - p) + step) / (ranks.length * step) + 1e-9);
    }),
    { seed: 9 },
  );
});

describe("bounds of 95 % cover 94 to 96 %", () => {
  const random = seededRandom(7);
  const step = (at: number) => (at % 500 < 250 ? 5 : 40);
  const cases: Record<string, number[]> = {
    "working days": daily({ days: 28, stepSeconds: 600, seed: 1 }),
    "loud noise": daily({ days: 28, stepSeconds: 600, seed: 2, noise: 0.5 }),
    "few requests": daily({ days: 28, stepSeconds: 600, seed: 3, mean: 1 }),
    "a random walk": Array.from(
      { length: 4000 },
      (() => {
        let level = 50;
        return () => (level = Math.max(1, level + random.normal(0, 2)));
      })(),
    ),
    "steps up and down": Array.from({ length: 4000 }, (_, bin) => Math.max(0, step(bin) + random.normal(0, 1))),
    "noise that grows": Array.from({ length: 4000 }, (_, bin) => Math.max(0, 50 + random.normal(0, 1 + bin / 400))),
  };
  test.each(Object.entries(cases))("%s", (_, demand) => {
    const share = coverage(demandForecaster({ startMs: monday, stepSeconds: 600 }), 0.95, demand);
    expect(share).toBeGreaterThanOrEqual(0.94);
    expect(share).toBeLessThanOrEqual(0.96);
  });

  test("three bins ahead too", () => {
    const forecaster = demandForecaster({ startMs: monday, stepSeconds: 600, horizons: [1, 3] });
    const share = coverage(forecaster, 0.95, cases["working days"] as number[], 3);
    expect(Math.abs(share - 0.95)).toBeLessThanOrEqual(0.01);
  });
});

describe("a mixture", () => {
  const constant = (level: number): Forecaster => ({
    name: `always-${level}`,
    observe: () => {},
    quantile: () => level,
    save: () => ({ method: "constant", version: 1, values: {} }),
    restore: () => {},
  });
  const cost = (forecaster: Forecaster, demand: readonly number[]) =>
    demand.reduce((sum, each, bin) => {
      const bound = bin === 0 ? each : forecaster.quantile(0.9);
      forecaster.observe(each);
      return sum + pinball(bound, each, 0.9);
    }, 0);

  test.each([1, 2, 3, 4])("costs little more than the best expert, seed %i", (seed) => {
    const random = seededRandom(seed);
    const demand = Array.from({ length: 3000 }, () => 10 * random.next());
    const levels = [2, 6, 9, 14, 40];
    const best = Math.min(...levels.map((level) => cost(constant(level), demand)));
    const mixed = cost(mixture(levels.map(constant)), demand);
    expect(mixed).toBeLessThan(1.03 * best);
  });

  test("comes back to an expert that was bad once", () => {
    const mixed = mixture([constant(10), constant(100)]);
    for (let bin = 0; bin < 2000; bin += 1) mixed.observe(bin < 1000 ? 5 : 95);
    expect(mixed.quantile(0.95)).toBeGreaterThan(95);
    for (let bin = 0; bin < 1000; bin += 1) mixed.observe(5);
    expect(mixed.quantile(0.95)).toBeLessThan(11);
  });

  test("weighs by the cost it is given", () => {
    const demand = daily({ days: 5, stepSeconds: 600, seed: 5 });
    const mostlyShort = (bound: number, each: number) => (each > bound ? 50 : 0) + 0.01 * bound;
    const bound = (cost?: typeof mostlyShort) => {
      const mixed = mixture([constant(15), constant(60)], { cost });
      for (const each of demand) mixed.observe(each);
      return mixed.quantile(0.5);
    };
    expect(bound(mostlyShort)).toBeGreaterThan(55);
    expect(bound()).toBeLessThan(20);
  });

  test("says who leads it", () => {
    const mixed = mixture([bounded(lastValue()), bounded(movingMean(0.2))]);
    for (const each of daily({ days: 3, stepSeconds: 600, seed: 6, noise: 0 })) mixed.observe(each);
    expect(mixed.evidence?.()).toMatch(/^last-value\/root weighs \d+ %$/);
  });
});

test("forgets a spike within the hour", () => {
  const forecaster = demandForecaster({ startMs: monday, stepSeconds: 600 });
  for (let bin = 0; bin < 2000; bin += 1) forecaster.observe(bin === 1990 ? 1e9 : 20);
  expect(forecaster.quantile(0.95)).toBeLessThan(40);
});

test("corrects bounds that promise too much", () => {
  const demand = daily({ days: 28, stepSeconds: 600, seed: 8, noise: 0.3 });
  const boast: Forecaster = { ...bounded(lastValue()), quantile: (p) => 15 * p };
  expect(coverage(boast, 0.9, demand)).toBeLessThan(0.7);
  expect(coverage(calibrated({ ...bounded(lastValue()), quantile: (p) => 60 * p }), 0.9, demand)).toBeCloseTo(0.9, 1);
});
