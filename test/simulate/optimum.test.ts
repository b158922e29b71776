import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { levelsOf } from "../../src/simulate/hindsight/levels.ts";
import { bestTimer, timerCost } from "../../src/simulate/hindsight/timers.ts";
import { optimumOf } from "../../src/simulate/optimum.ts";
import { worldOf } from "../../src/simulate/world/world-of.ts";
import { publicTrace, someJobs, type TestJob, traceOf } from "./traces.ts";

const region = "us-east-1";

function worldFor(jobs: readonly TestJob[], launchSeconds = 100) {
  return worldOf({ trace: traceOf(jobs), region, launchSeconds });
}

describe("the clairvoyant optimum", () => {
  it("equals brute force on small demand", () => {
    const jobs = fc.array(
      fc.record({
        submit: fc.integer({ min: 0, max: 12 }).map((steps) => steps * 60),
        duration: fc.integer({ min: 1, max: 4 }).map((steps) => steps * 60),
        nodes: fc.constantFrom(1, 1, 2),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(jobs, fc.constantFrom(60, 90, 150), (drawn, launchSeconds) => {
        const world = worldFor(drawn, launchSeconds);
        expect(optimumOf(world).whole.total).toBeCloseTo(cheapestPlan(drawn, 2 * launchSeconds), 6);
      }),
      { seed: 9, numRuns: 150 },
    );
  });

  it("takes the cheaper of idling and booting", () => {
    const world = worldFor([
      { submit: 0, duration: 100 },
      { submit: 150, duration: 100 },
      { submit: 5000, duration: 10 },
    ]);
    const { gaps, whole, zeroWait } = optimumOf(world);
    expect(gaps.total).toBe(50 + 200);
    expect(whole.total).toBe(200 + 50 + 200);
    expect(zeroWait.total).toBe(100 + 50 + 100);
  });

  it("counts a node as its GPUs", () => {
    const world = worldFor([{ submit: 0, duration: 10, gpus: 16, nodes: 2 }]);
    expect(optimumOf(world).whole.total).toBe(16 * 200);
  });

  it("charges nothing for what ran before", () => {
    const world = worldFor([{ submit: 0, duration: 10, warm: true }]);
    expect(optimumOf(world).whole.total).toBe(0);
  });

  it("keeps tenants apart", () => {
    const alternating = [
      { submit: 0, duration: 10, user: "a" },
      { submit: 20, duration: 10, user: "b" },
    ];
    expect(levelsOf(worldFor(alternating)).gaps.count).toBe(0);
    const shared = worldOf({ trace: traceOf(alternating), region, launchSeconds: 100, pools: "shared" });
    expect(levelsOf(shared).gaps.count).toBe(1);
  });

  it("adds shares up to whole GPUs", () => {
    const shares = [0.5, 0.3, 0.2, 0.4].map((gpus) => ({ submit: 0, duration: 100, gpus }));
    expect(levelsOf(worldFor(shares)).peaks).toEqual(Int32Array.of(2));
  });
});

describe("the best timer in hindsight", () => {
  it("is beaten by no timer", () => {
    fc.assert(
      fc.property(someJobs, fc.double({ min: 0, max: 5000, noNaN: true }), (jobs, seconds) => {
        const world = worldFor(jobs);
        const levels = levelsOf(world);
        const best = bestTimer(world, levels);
        expect(timerCost(world, levels, best.seconds)).toBeCloseTo(best.cost, 6);
        expect(best.cost).toBeLessThanOrEqual(timerCost(world, levels, seconds) + 1e-6);
      }),
      { seed: 9 },
    );
  });

  it("costs at most twice the optimum", () => {
    fc.assert(
      fc.property(someJobs, (jobs) => {
        const world = worldFor(jobs);
        const { gaps, levels } = optimumOf(world);
        expect(timerCost(world, levels, 200)).toBeLessThanOrEqual(2 * gaps.total + 1e-6);
      }),
      { seed: 9 },
    );
  });

  it("repeats what Python says of Philly", () => {
    const trace = publicTrace("philly_10d", ["u48"]);
    if (trace === undefined) return;
    const world = worldOf({ trace, region, launchSeconds: 300 });
    const { levels, gaps } = optimumOf(world);
    const ratio = (seconds: number) => timerCost(world, levels, seconds) / gaps.total;
    expect(world.pools).toHaveLength(230);
    expect(levels.gaps.levels.subarray(0, levels.gaps.count).reduce((sum, level) => sum + level, 0)).toBe(10_241);
    const expected = { 0: 1.306, 30: 1.175, 60: 1.199, 300: 1.514, 600: 1.92, 3600: 5.664 };
    for (const [seconds, figure] of Object.entries(expected)) expect(ratio(Number(seconds))).toBeCloseTo(figure, 3);
    expect(bestTimer(world, levels).seconds).toBe(29);
  });
});

/** Every way to have enough nodes at every step: each step's nodes cost their time, each added node a launch. */
function cheapestPlan(jobs: readonly { submit: number; duration: number; nodes: number }[], breakEven: number): number {
  const steps = 20;
  const demand = Array.from({ length: steps }, (_, step) =>
    jobs.reduce(
      (sum, { submit, duration, nodes }) => (submit <= step * 60 && step * 60 < submit + duration ? sum + nodes : sum),
      0,
    ),
  );
  const most = Math.max(...demand);
  let costs = new Map([[0, 0]]);
  for (const wanted of demand) {
    const next = new Map<number, number>();
    for (let nodes = wanted; nodes <= most; nodes += 1) {
      const idle = 60 * (nodes - wanted);
      const ways = [...costs].map(([before, cost]) => cost + idle + breakEven * Math.max(0, nodes - before));
      next.set(nodes, Math.min(...ways));
    }
    costs = next;
  }
  return Math.min(...costs.values());
}
