import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  alwaysOnMean,
  alwaysOnPeak,
  bestTimerInHindsight,
  bestTimerSimulated,
  clairvoyant,
} from "../../src/simulate/hindsight/hindsight-policies.ts";
import type { MakePolicy } from "../../src/simulate/options.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import type { WorldOptions } from "../../src/simulate/world/world-options.ts";
import { publicTrace, someJobs, type TestJob, timer, traceOf } from "./traces.ts";

const region = "us-east-1";

function run(jobs: readonly TestJob[], makePolicy: MakePolicy, options: Partial<WorldOptions> = {}) {
  return simulate({ trace: traceOf(jobs), region, launchSeconds: 100, makePolicy, ...options }).result;
}

describe("over the gaps of a trace", () => {
  it("the clairvoyant policy reaches the optimum", () => {
    fc.assert(
      fc.property(someJobs, (jobs) => {
        const { ratioOfGaps } = run(
          jobs.filter(({ duration }) => duration > 0),
          clairvoyant,
        );
        expect(ratioOfGaps).toBeCloseTo(1, 9);
      }),
      { seed: 9 },
    );
  });

  it("no timer is below the optimum", () => {
    const seconds = fc.constantFrom(0, 10, 60, 200, 1000);
    fc.assert(
      fc.property(someJobs, seconds, (jobs, held) => {
        expect(run(jobs, () => timer(held)).ratioOfGaps).toBeGreaterThanOrEqual(1 - 1e-9);
      }),
      { seed: 9 },
    );
  });

  it("a timer of B is at most twice the optimum", () => {
    fc.assert(
      fc.property(someJobs, (jobs) => {
        expect(run(jobs, () => timer(200)).ratioOfGaps).toBeLessThanOrEqual(2 + 1e-9);
      }),
      { seed: 9 },
    );
  });

  it("the best timer is no worse than others", () => {
    fc.assert(
      fc.property(someJobs, fc.integer({ min: 0, max: 1000 }), (jobs, held) => {
        const best = run(jobs, bestTimerInHindsight).ratioOfGaps;
        expect(best).toBeLessThanOrEqual(run(jobs, () => timer(held)).ratioOfGaps + 1e-9);
      }),
      { seed: 9 },
    );
  });
});

describe("policies that know the trace", () => {
  it("keep a group as large as the peak", () => {
    fc.assert(
      fc.property(someJobs, (jobs) => {
        expect(run(jobs, alwaysOnPeak)).toMatchObject({ launches: 0, coldShare: 0, waitP95Seconds: 0 });
      }),
      { seed: 9 },
    );
  });

  it("pay for a group until the last job ends", () => {
    const jobs = [
      { submit: 0, duration: 100, nodes: 3 },
      { submit: 900, duration: 100 },
    ];
    expect(run(jobs, alwaysOnPeak).costUsd).toBeCloseTo(((3 * 1000) / 3600) * 0.526, 9);
    expect(run(jobs, alwaysOnMean).launches).toBe(2);
  });

  it("find the timer that simulates best", () => {
    const jobs = Array.from({ length: 30 }, (_, job) => ({ submit: 500 * job, duration: 350 }));
    const best = run(jobs, bestTimerSimulated);
    for (const seconds of [0, 60, 120, 300, 3600]) {
      expect(best.ratioToOptimum).toBeLessThanOrEqual(run(jobs, () => timer(seconds)).ratioToOptimum + 1e-9);
    }
    expect(best.launches).toBe(1);
  });
});

describe("people who wait for a result", () => {
  const jobs = [
    { submit: 0, duration: 100 },
    { submit: 110, duration: 100 },
    { submit: 5000, duration: 100 },
  ];

  it("submit later when the result is late", () => {
    const { waitMeanSeconds, launches } = run(jobs, () => timer(60), { returnSeconds: 1200 });
    expect(launches).toBe(2);
    expect(waitMeanSeconds).toBeCloseTo(200 / 3, 9);
  });

  it("do not wait where the trace counts", () => {
    const { waitMeanSeconds, launches } = run(jobs, () => timer(60));
    // the second comes at 110, when the first has 90 seconds to go
    expect(launches).toBe(3);
    expect(waitMeanSeconds).toBeCloseTo((100 + 90 + 100) / 3, 9);
  });

  it("leave no job out", () => {
    fc.assert(
      fc.property(someJobs, (drawn) => {
        expect(run(drawn, () => timer(60), { returnSeconds: 1200 }).completed).toBe(drawn.length);
      }),
      { seed: 9 },
    );
  });
});

describe("Philly in hindsight", () => {
  it("is at the optimum with foresight", () => {
    const trace = publicTrace("philly_10d", ["u48"]);
    if (trace === undefined) return;
    const options = { trace, region, launchSeconds: 300 };
    const { result } = simulate({ ...options, makePolicy: clairvoyant });
    expect(result.ratioOfGaps).toBeCloseTo(1, 3);
    expect(result.ratioToOptimum).toBeGreaterThan(0.95);
    expect(result.ratioToOptimum).toBeLessThan(1.08);
    expect(simulate({ ...options, makePolicy: alwaysOnPeak }).result.waitMeanSeconds).toBe(0);
  });
});
