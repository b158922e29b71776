import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { makePolicy } from "../../src/policy/policies.ts";
import type { WaitPolicy, WaitRequest } from "../../src/policy/policy.ts";
import type { SimulatedPolicy } from "../../src/simulate/options.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import { someJobs, spotAlways, type TestJob, timer, traceOf } from "./traces.ts";

const reason = { code: "test", text: () => "" };

/** Puts each boot off by so many seconds, once. */
function waitFor(seconds: number, seen: WaitRequest[] = []): WaitPolicy {
  return {
    name: "test",
    wait: (pool, request) => {
      seen.push(request);
      const isFirst = request.sinceSeconds === pool.nowSeconds;
      return isFirst ? { untilSeconds: pool.nowSeconds + seconds, reason } : undefined;
    },
  };
}

function run(jobs: readonly TestJob[], policy: SimulatedPolicy) {
  const trace = traceOf(jobs);
  return simulate({ trace, region: "us-east-1", launchSeconds: 100, makePolicy: () => policy, replay: false }).result;
}

/** Two jobs of 50 seconds, ten seconds apart. */
const two = [
  { submit: 0, duration: 50 },
  { submit: 10, duration: 50 },
];

describe("a job that waits", () => {
  it("takes the node of another's end", () => {
    // the first is put off as well: 20 + 100 seconds; the second has its node at 170
    const result = run(two, { ...timer(0), wait: waitFor(20) });
    expect(result.launches).toBe(2);
    const patient = run(two, { ...timer(0), wait: { ...waitFor(500), wait: behindOthers(500) } });
    expect(patient.launches).toBe(1);
    expect(patient.waitMeanSeconds).toBe((100 + 140) / 2);
  });

  it("has a node booted when its wait is over", () => {
    const result = run([{ submit: 0, duration: 50 }], { ...timer(0), wait: waitFor(40) });
    expect(result.waitMeanSeconds).toBe(140);
    expect(result.launches).toBe(1);
  });

  it("leaves a booted node to whom it was launched for", () => {
    // the second is put off, the third is not: the node that was launched for it is its own
    const three = [...two, { submit: 20, duration: 50 }];
    let asked = 0;
    const wait: WaitPolicy = {
      name: "second",
      wait: (pool) => (++asked === 2 ? { untilSeconds: pool.nowSeconds + 1000, reason } : undefined),
    };
    const result = run(three, { ...timer(0), wait });
    expect(result.launches).toBe(2);
    expect(result.waitMeanSeconds).toBe((100 + 100 + 140) / 3);
  });

  it("is told what runs, what boots and who comes first", () => {
    const seen: WaitRequest[] = [];
    run(
      [
        { submit: 0, duration: 500 },
        { submit: 200, duration: 50 },
        { submit: 210, duration: 50 },
      ],
      {
        ...timer(0),
        wait: waitFor(0, seen),
      },
    );
    const told = seen.map(({ ahead, runningSinceSeconds, readySeconds }) => ({
      ahead,
      runningSinceSeconds,
      readySeconds,
    }));
    expect(told).toEqual([
      { ahead: 0, runningSinceSeconds: [], readySeconds: [] },
      { ahead: 0, runningSinceSeconds: [100], readySeconds: [] },
      { ahead: 1, runningSinceSeconds: [100], readySeconds: [300] },
    ]);
  });

  it("runs in the end, whatever policies say", () => {
    const policies = [timer(0), timer(300), spotAlways(300)];
    const scenario = fc.tuple(someJobs, fc.constantFrom(...policies), fc.constantFrom(5, 150, 5000));
    fc.assert(
      fc.property(scenario, ([jobs, policy, seconds]) => {
        const result = run(jobs, { ...policy, wait: waitFor(seconds) });
        expect(result.completed).toBe(jobs.length);
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  it("spares boots of short jobs that pile up", () => {
    const jobs = Array.from({ length: 1200 }, (_, row) => ({
      submit: Math.floor(row / 4) * 4000 + (row % 4) * 10,
      duration: 2 + (row % 3),
    }));
    const { wait } = makePolicy("aura");
    const [boots, waits] = [run(jobs, timer(0)), run(jobs, { ...timer(0), wait })];
    expect(waits.launches).toBeLessThan(0.55 * boots.launches);
    expect(waits.waitP95Seconds).toBeLessThanOrEqual(1.05 * boots.waitP95Seconds);
    expect(waits.ratioToOptimum).toBeLessThan(boots.ratioToOptimum);
  });
});

const behindOthers =
  (seconds: number): WaitPolicy["wait"] =>
  (pool, { ahead }) =>
    ahead > 0 ? { untilSeconds: pool.nowSeconds + seconds, reason } : undefined;
