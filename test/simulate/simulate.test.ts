import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { PolicyResult } from "../../src/simulate/result.ts";
import { simulate, simulateAll } from "../../src/simulate/simulate.ts";
import { publicTrace, someJobs, type TestJob, timer, traceOf } from "./traces.ts";

const region = "us-east-1";
const usdPerHour = 0.526;

function run(jobs: readonly TestJob[], seconds: number, options = {}) {
  return simulate({ trace: traceOf(jobs), region, launchSeconds: 100, makePolicy: () => timer(seconds), ...options });
}

describe("a simulated pool", () => {
  it("makes the first job wait for a boot", () => {
    const { result } = run([{ submit: 10, duration: 50 }], 0);
    expect(result).toMatchObject({ jobs: 1, completed: 1, launches: 1, coldShare: 1, waitMeanSeconds: 100 });
    expect(result.costUsd).toBeCloseTo((150 / 3600) * usdPerHour, 9);
    expect(result.ratioToOptimum).toBeCloseTo(1, 9);
  });

  it("gives a held node to the next", () => {
    const jobs = [
      { submit: 0, duration: 50 },
      { submit: 200, duration: 50 },
    ];
    expect(run(jobs, 60).result).toMatchObject({ launches: 1, coldShare: 0.5 });
    expect(run(jobs, 40).result).toMatchObject({ launches: 2, coldShare: 1 });
  });

  it("bills a minute at least", () => {
    const { result } = run([{ submit: 0, duration: 1 }], 0, { launchSeconds: 5 });
    expect(result.costUsd).toBeCloseTo((60 / 3600) * usdPerHour, 9);
  });

  it("shifts what comes after a wait", () => {
    const jobs = [
      { submit: 0, duration: 100 },
      { submit: 150, duration: 100 },
    ];
    const { result } = run(jobs, 600);
    // the first ends at 200 instead of 100: the second waits for it and not for a boot
    expect(result.launches).toBe(2);
    expect(result.waitMeanSeconds).toBe((100 + 50) / 2);
  });

  it("starts a gang when all is there", () => {
    const jobs = [
      { submit: 0, duration: 100 },
      { submit: 250, duration: 100, nodes: 3 },
    ];
    const { result } = run(jobs, 600);
    expect(result.launches).toBe(3);
    expect(result.waitMeanSeconds).toBe(100);
    expect(result.waitGpuSeconds).toBe(100 + 2 * 100);
  });

  it("packs shares onto one GPU", () => {
    const shares = [0.5, 0.3, 0.2, 0.4].map((gpus, job) => ({ submit: job, duration: 1000, gpus }));
    expect(run(shares, 0).result).toMatchObject({ launches: 2, completed: 4 });
  });

  it("runs at once what ran before", () => {
    const { result } = run([{ submit: 0, duration: 100, warm: true }], 0);
    expect(result).toMatchObject({ launches: 0, waitMeanSeconds: 0, bootGpuHours: 0, ratioToOptimum: 1 });
  });
});

describe("every simulation", () => {
  const scenario = fc.tuple(someJobs, fc.constantFrom(0, 30, 200, 5000));

  it("runs every job exactly once", () => {
    fc.assert(
      fc.property(scenario, ([jobs, seconds]) => {
        const { result, tenants } = run(jobs, seconds);
        const busy = jobs.reduce((sum, { duration, nodes }) => sum + duration * nodes, 0);
        expect(result.completed).toBe(jobs.length);
        expect(result.busyGpuHours * 3600).toBeCloseTo(busy, 6);
        expect(tenants.reduce((sum, { completed }) => sum + completed, 0)).toBe(jobs.length);
      }),
      { seed: 9 },
    );
  });

  it("costs its node time at its price", () => {
    fc.assert(
      fc.property(scenario, ([jobs, seconds]) => {
        const { result, tenants } = run(jobs, seconds);
        const hours = result.busyGpuHours + result.idleGpuHours + result.bootGpuHours;
        // a node that was on its way when the last job ended may not be a minute old
        expect(result.costUsd).toBeGreaterThanOrEqual(hours * usdPerHour - 1e-9);
        expect(result.costUsd).toBeLessThanOrEqual((hours + result.launches / 60) * usdPerHour);
        expect(tenants.reduce((sum, { costUsd }) => sum + costUsd, 0)).toBeCloseTo(result.costUsd, 9);
      }),
      { seed: 9 },
    );
  });

  it("is the same bit by bit", () => {
    const jobs = fc.sample(someJobs, { seed: 9, numRuns: 1 })[0] ?? [];
    const once = run(jobs, 60, { launchSeconds: undefined, seed: 4 });
    const again = run(jobs, 60, { launchSeconds: undefined, seed: 4 });
    expect(again).toEqual(once);
    expect(run(jobs, 60, { launchSeconds: undefined, seed: 5 }).result.costUsd).not.toBe(once.result.costUsd);
  });

  it("does not change when time shifts", () => {
    fc.assert(
      fc.property(scenario, ([jobs, seconds]) => {
        const later = jobs.map((job) => ({ ...job, submit: job.submit + 1e6 }));
        const [a, b] = [run(jobs, seconds).result, run(later, seconds).result];
        for (const key of Object.keys(a) as (keyof PolicyResult)[]) {
          if (typeof a[key] === "number") expect(b[key]).toBeCloseTo(a[key], 5);
        }
      }),
      { seed: 9 },
    );
  });
});

describe("hostile traces", () => {
  it("are simulated when empty", () => {
    const { result, tenants } = run([], 30);
    expect(result).toMatchObject({ jobs: 0, completed: 0, costUsd: 0, ratioToOptimum: 1, waitP95Seconds: 0 });
    expect(tenants).toEqual([]);
  });

  it("may have jobs without duration", () => {
    const { result } = run(
      [
        { submit: 5, duration: 0 },
        { submit: 5, duration: 0 },
      ],
      0,
    );
    expect(result).toMatchObject({ completed: 2, busyGpuHours: 0 });
  });

  it("may be in any order", () => {
    const jobs = [
      { submit: 900, duration: 50 },
      { submit: 10, duration: 50 },
    ];
    expect(run(jobs, 0).result).toEqual(run(jobs.toReversed(), 0).result);
  });
});

describe("Philly", () => {
  it("has the ratios that Python computed", () => {
    const trace = publicTrace("philly_10d", ["u48"]);
    if (trace === undefined) return;
    const timers = { 0: 1.306, 30: 1.175, 60: 1.199, 300: 1.514, 600: 1.92, 3600: 5.664 };
    const policies = Object.keys(timers).map((seconds) => () => timer(Number(seconds)));
    const { runs } = simulateAll({ trace, region, launchSeconds: 300, policies });
    const ratios = runs.map(({ result }) => Math.round(1000 * result.ratioOfGaps) / 1000);
    expect(ratios).toEqual(Object.values(timers));
  });

  it("is simulated whole with conservation", () => {
    const trace = publicTrace("philly_10d", ["u48"]);
    if (trace === undefined) return;
    const { result } = simulate({ trace, region, launchSeconds: 300, makePolicy: () => timer(30) });
    const { count, durationSeconds, gpus } = trace.jobs;
    const busy = Array.from({ length: count }, (_, row) => (durationSeconds[row] ?? 0) * Math.max(1, gpus[row] ?? 0));
    expect(result.completed).toBe(count);
    expect(result.busyGpuHours * 3600).toBeCloseTo(
      busy.reduce((sum, seconds) => sum + seconds),
      0,
    );
  });
});
