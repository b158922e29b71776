import { describe, expect, test } from "vitest";
import { bounded } from "../../src/forecast/bounded.ts";
import { dayProfile } from "../../src/forecast/day-profile.ts";
import { demandForecaster } from "../../src/forecast/demand.ts";
import type { Forecaster, PointForecaster } from "../../src/forecast/forecaster.ts";
import { holt } from "../../src/forecast/holt.ts";
import { intermittent } from "../../src/forecast/intermittent.ts";
import { lastValue } from "../../src/forecast/last-value.ts";
import { movingMean } from "../../src/forecast/moving-mean.ts";
import { recentPeak } from "../../src/forecast/recent-peak.ts";
import { seasonalNaive } from "../../src/forecast/seasonal-naive.ts";
import { daily, monday } from "./series.ts";

const series = { startMs: monday, stepSeconds: 600 };
const points: Record<string, () => PointForecaster> = {
  "last value": lastValue,
  "recent peak": () => recentPeak(3),
  "seasonal naive": () => seasonalNaive(144),
  holt: () => holt(),
  "moving mean": () => movingMean(0.5),
  "day profile": () => dayProfile(series),
};
const forecasters: Record<string, () => Forecaster> = {
  ...Object.fromEntries(
    Object.entries(points).flatMap(([name, point]) =>
      (["root", "steady", "nervous"] as const).map((spread) => [
        `${name}, ${spread}`,
        () => bounded(point(), { spread }),
      ]),
    ),
  ),
  intermittent,
  "all of them": () => demandForecaster(series),
};

const feed = (forecaster: { observe(demand: number): void }, demand: readonly number[]) => {
  for (const each of demand) forecaster.observe(each);
};

describe("one figure", () => {
  test.each([
    ["last value", [3, 5, 4], 4],
    ["last value", [3, 5, Number.NaN], 5],
    ["recent peak", [9, 5, 4, 3], 5],
    ["moving mean", [4, 8, 8], 7],
    ["holt", [9, 9, 9, 9], 9],
    ["day profile", [7, 7, 7], 7],
  ] as const)("%s after %j says %d", (name, demand, expected) => {
    const point = points[name]?.();
    feed(point as PointForecaster, demand);
    expect(point?.forecast()).toBeCloseTo(expected, 9);
  });

  test("says what was wanted a day before", () => {
    const point = seasonalNaive(4);
    feed(point, [1, 2, 3, 4, 5, Number.NaN, 7]);
    expect([1, 2, 3, 4].map((ahead) => point.forecast(ahead))).toEqual([4, 5, 2, 7]);
  });

  test("follows a trend, and damps it", () => {
    const point = holt({ level: 0.7, trend: 0.3, damping: 0.9 });
    feed(
      point,
      Array.from({ length: 30 }, (_, bin) => (10 + bin) ** 2),
    );
    const steps = [1, 2, 3, 20].map((ahead) => Math.sqrt(point.forecast(ahead)));
    expect(steps[0]).toBeGreaterThan(39);
    expect((steps[2] as number) - (steps[1] as number)).toBeLessThan((steps[1] as number) - (steps[0] as number));
    expect(steps[3]).toBeLessThan(50);
  });

  test("knows the morning from other mornings", () => {
    const demand = daily({ days: 14, stepSeconds: 600, seed: 1, noise: 0 });
    const [profile, last] = [dayProfile(series), lastValue()];
    const off = { profile: 0, last: 0 };
    for (const [bin, each] of demand.entries()) {
      if (bin > 7 * 144) {
        off.profile += Math.abs(profile.forecast(6) - (demand[bin + 5] ?? each));
        off.last += Math.abs(last.forecast(6) - (demand[bin + 5] ?? each));
      }
      for (const point of [profile, last]) point.observe(each);
    }
    expect(off.profile).toBeLessThan(off.last / 4);
  });

  test("lets rare demand fade once it stays away", () => {
    const forecaster = intermittent();
    feed(
      forecaster,
      Array.from({ length: 200 }, (_, bin) => (bin % 4 === 0 ? 3 : 0)),
    );
    expect([forecaster.quantile(0.5), forecaster.quantile(0.9)]).toEqual([0, 3]);
    expect(forecaster.evidence?.()).toMatch(/^demand in 2\d % of the bins lately$/);
    feed(forecaster, new Array(100).fill(0));
    expect(forecaster.quantile(0.99)).toBe(0);
  });
});

describe.each(Object.entries(forecasters))("%s", (_, make) => {
  const ps = [0.05, 0.25, 0.5, 0.8, 0.9, 0.94, 0.95, 0.99, 0.999];
  const hostile: Record<string, readonly number[]> = {
    "nothing measured": new Array(50).fill(Number.NaN),
    "nothing wanted": new Array(300).fill(0),
    constant: new Array(300).fill(17),
    spikes: Array.from({ length: 300 }, (_, bin) => (bin % 97 === 50 ? 1e9 : 5)),
    "minus and infinity": [3, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3],
    gaps: daily({ days: 3, stepSeconds: 600, seed: 2 }).map((each, bin) => (bin % 7 === 0 ? Number.NaN : each)),
  };

  test.each(Object.entries(hostile))("never falls as p rises: %s", (_, demand) => {
    const forecaster = make();
    for (const each of demand) {
      forecaster.observe(each);
      const bounds = ps.map((p) => forecaster.quantile(p));
      for (const [index, bound] of bounds.entries()) {
        expect(Number.isNaN(bound) || bound >= Math.max(0, bounds[index - 1] ?? 0)).toBe(true);
      }
    }
  });

  test("says nothing of what nobody measured", () => {
    const forecaster = make();
    expect(forecaster.quantile(0.5)).toBeNaN();
    forecaster.observe(Number.NaN);
    expect(forecaster.quantile(0.5)).toBeNaN();
  });

  test("goes on from what it saved", () => {
    const demand = daily({ days: 4, stepSeconds: 600, seed: 3 });
    const [whole, half, resumed] = [make(), make(), make()];
    feed(half, demand.slice(0, 300));
    resumed.restore(JSON.parse(JSON.stringify(half.save())));
    feed(whole, demand);
    feed(resumed, demand.slice(300));
    expect(ps.map((p) => resumed.quantile(p))).toEqual(ps.map((p) => whole.quantile(p)));
  });

  test("refuses what another saved", () => {
    const saved = make().save();
    for (const wrong of [
      { ...saved, version: 99 },
      { ...saved, method: "x" },
      { ...saved, values: { bin: "1" } },
      null,
    ]) {
      if (JSON.stringify(wrong) === JSON.stringify(saved)) continue;
      expect(() => make().restore(wrong as never)).toThrow(/has learned/);
    }
  });
});

test("forecasts the same in any week", () => {
  const demand = daily({ days: 9, stepSeconds: 600, seed: 4 });
  const [now, later] = [
    demandForecaster(series),
    demandForecaster({ ...series, startMs: monday + 21 * 24 * 3600_000 }),
  ];
  for (const forecaster of [now, later]) feed(forecaster, demand);
  expect([0.5, 0.95].map((p) => later.quantile(p))).toEqual([0.5, 0.95].map((p) => now.quantile(p)));
});

test.each([3, -1, 0.5, null])("a place in its memory that is none is refused: %s", (next) => {
  const made = recentPeak(3);
  for (const demand of [1, 2]) made.observe(demand);
  const saved = made.save();
  expect(() => recentPeak(3).restore({ ...saved, values: { ...saved.values, next } })).toThrow(/has learned/);
  expect(() => recentPeak(3).restore(saved)).not.toThrow();
});

test.each([-1, 0.5, 1e17, null])("a count of bins that is none is refused: %s", (bin) => {
  const made = dayProfile(series);
  const saved = made.save();
  expect(() => made.restore({ ...saved, values: { ...saved.values, bin } })).toThrow(/has learned/);
});
