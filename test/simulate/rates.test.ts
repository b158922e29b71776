import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { budgetLevel } from "../../src/forecast/budget-level.ts";
import { type ServeOptions, serve } from "../../src/simulate/rates.ts";
import { always, budgeted, clairvoyant, reactive, servePolicies } from "../../src/simulate/rates-policies.ts";
import type { MakeServePolicy, ServeResult } from "../../src/simulate/rates-types.ts";
import type { RateTrace } from "../../src/trace/trace.ts";
import { daily, monday } from "../forecast/series.ts";

const traceOf = (...series: readonly (readonly number[])[]): RateTrace => ({
  name: "made",
  startMs: monday,
  stepSeconds: 600,
  series: series.map((each, index) => ({ name: `model-${index}`, perSecond: Float64Array.from(each) })),
});

/** Nodes as told, whatever comes. */
const nodes =
  (count: number): MakeServePolicy =>
  () => ({ name: "told", observe: () => {}, nodes: () => count });

const one = (demand: readonly number[], policy: MakeServePolicy, options: Partial<ServeOptions> = {}): ServeResult =>
  serve(traceOf(demand), { policy, perNode: 1, warmUp: 0, ...options })[0] as ServeResult;

describe("what a pool pays and misses", () => {
  // the first bin has no nodes: nothing was known before it
  test.each([
    ["enough nodes", [0, 4, 4], nodes(4), {}, { unservedShare: 0, overProvision: 0, shortBins: 0, nodeHours: 8 / 6 }],
    ["too many", [0, 4, 4], nodes(6), {}, { unservedShare: 0, overProvision: 0.5, nodeHours: 2 }],
    ["too few", [0, 4, 4], nodes(3), {}, { unservedShare: 0.25, overProvision: 0, shortBins: 2 / 3 }],
    ["whole nodes", [0, 3.2, 3.2], nodes(3.2), {}, { unservedShare: 0, overProvision: 0.25 }],
    ["parts of nodes", [0, 3.2, 3.2], nodes(3.2), { wholeNodes: false }, { overProvision: 0 }],
    ["no more than allowed", [0, 4, 4], nodes(9), { maxNodes: 2 }, { unservedShare: 0.5 }],
    ["a bin late", [1, 2, 3, 4], reactive(0), {}, { unservedShare: 4 / 10, bins: 4 }],
    ["two bins late", [1, 2, 3, 4], reactive(0), { leadBins: 2 }, { unservedShare: 7 / 10 }],
    [
      "nodes that stay a while",
      [4, 0, 0, 4],
      reactive(0),
      { scaleDownBins: 2 },
      { unservedShare: 0.5, overProvision: 1 },
    ],
    ["bins not measured", [0, 4, Number.NaN, 4], nodes(4), {}, { unservedShare: 0, bins: 3, nodeHours: 8 / 6 }],
    [
      "nodes launched in the bin",
      [0, 4, 4],
      nodes(2),
      { reactSeconds: 150 },
      { unservedShare: 0.125, nodeHours: 7 / 6 },
    ],
    ["a price", [0, 6, 6], nodes(6), { usdPerNodeHour: 3 }, { costUsd: 6 }],
    ["requests per node", [0, 50, 50], nodes(5), { perNode: 10 }, { unservedShare: 0, overProvision: 0 }],
    [
      "a mean of so many nodes",
      [0, 50, 100],
      nodes(20),
      { perNode: undefined, meanNodes: 10 },
      { overProvision: 1 / 3 },
    ],
    ["the second half only", [9, 9, 0, 4], nodes(4), { warmUp: 0.5 }, { bins: 2, overProvision: 1 }],
    ["the peak always", [0, 2, 8], always("peak"), {}, { unservedShare: 0, overProvision: 0.6 }],
    ["the mean always", [0, 3, 9], always("mean"), {}, { unservedShare: 5 / 12 }],
    ["all that comes", [0, 2, 8, 1], clairvoyant(), {}, { unservedShare: 0, overProvision: 0 }],
  ] as const)("%s", (_, demand, policy, options, expected) => {
    const result = one(demand, policy, options);
    for (const [key, value] of Object.entries(expected)) expect(result[key as keyof ServeResult]).toBeCloseTo(value, 9);
  });

  test("pools series by their demand", () => {
    const results = serve(traceOf([0, 4, 4], [0, 1, 1]), { policy: nodes(2), perNode: 1, warmUp: 0 });
    expect(results.map(({ series }) => series)).toEqual(["model-0", "model-1", "pooled"]);
    expect(results.map(({ unservedShare }) => unservedShare)).toEqual([0.5, 0, 0.4]);
    expect(results.map(({ overProvision }) => overProvision)).toEqual([0, 1, 0.2]);
  });
});

describe.each(Object.entries(servePolicies))("%s", (_, policy) => {
  test("adds up: nodes are demand, less what was missed, and more", () => {
    const measure = fc.oneof(
      fc.integer({ min: 0, max: 100_000 }).map((each) => each / 1000),
      fc.constantFrom(Number.NaN, 0, -1, 1e9),
    );
    fc.assert(
      fc.property(fc.array(measure, { maxLength: 60 }), (demand) => {
        const result = one(demand, policy, { wholeNodes: false });
        const known = demand.filter((each) => each >= 0);
        const wanted = known.reduce((sum, each) => sum + each, 0);
        const provided = wanted * (1 - result.unservedShare + result.overProvision);
        expect(result.bins).toBe(known.length);
        expect(result.unservedShare).toBeGreaterThanOrEqual(0);
        expect(result.unservedShare).toBeLessThanOrEqual(1);
        if (wanted > 0) expect(Math.abs((6 * result.nodeHours) / provided - 1) || 0).toBeLessThan(1e-9);
      }),
      { seed: 4, numRuns: 25 },
    );
  });

  test("is the same in every run", () => {
    const trace = traceOf(daily({ days: 3, stepSeconds: 600, seed: 1 }));
    expect(serve(trace, { policy })).toEqual(serve(trace, { policy }));
  });
});

describe("a budget of unserved demand", () => {
  test.each([0.005, 0.01, 0.03])("of %d is kept, and used", (unserved) => {
    const trace = traceOf(...[1, 2, 3].map((seed) => daily({ days: 28, stepSeconds: 600, seed, noise: 0.2 })));
    const pooled = serve(trace, { policy: budgeted(unserved) }).at(-1) as ServeResult;
    expect(pooled.unservedShare).toBeLessThanOrEqual(unserved);
    expect(pooled.unservedShare).toBeGreaterThan(0.5 * Math.min(unserved, 0.015));
  });

  test("provides for more after it was missed, and for less after it was not", () => {
    const budget = budgetLevel({ unserved: 0.01 });
    const start = budget.level();
    for (let bin = 0; bin < 3; bin += 1) budget.observe(10, 5);
    const missed = budget.level();
    for (let bin = 0; bin < 500; bin += 1) budget.observe(10, 12);
    expect([missed > start, budget.level() < missed, budget.level() >= 0.85]).toEqual([true, true, true]);
  });
});

describe("on days with working hours", () => {
  const trace = traceOf(...[1, 2, 3].map((seed) => daily({ days: 14, stepSeconds: 600, seed })));
  const pooled = (name: string) =>
    serve(trace, { policy: servePolicies[name] as MakeServePolicy }).at(-1) as ServeResult;

  test("bounds of the mixture hold what they promise", () => {
    expect(Math.abs((pooled("mixture@95").coverage95 ?? 0) - 0.95)).toBeLessThan(0.01);
  });

  test.each(["last-value@95", "holt@95", "seasonal@95", "reactive", "reactive+30%", "always-peak"])(
    "the mixture beats %s",
    (name) => {
      const cost = ({ unservedShare, overProvision }: ServeResult) => 0.95 * unservedShare + 0.05 * overProvision;
      expect(cost(pooled("mixture@95"))).toBeLessThan(cost(pooled(name)));
    },
  );
});
