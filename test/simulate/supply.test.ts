import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Offering } from "../../src/catalog/instance-type.ts";
import type { PoolEvent } from "../../src/policy/pool.ts";
import type { SimulatedPolicy } from "../../src/simulate/options.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import type { Supply } from "../../src/simulate/world/world-options.ts";
import { someJobs, spotAlways, type TestJob, timer, traceOf } from "./traces.ts";

const region = "us-east-1";
const day = 86_400;

function run(jobs: readonly TestJob[], policy: SimulatedPolicy, supply: Supply, seed = 1) {
  const makePolicy = () => policy;
  return simulate({ trace: traceOf(jobs), region, launchSeconds: 100, makePolicy, supply, seed }).result;
}

/** Ten years at over 20 % a month: interrupted some thirty times. */
const long: readonly TestJob[] = [{ submit: 0, duration: 3650 * day }];

describe("spot", () => {
  it("is cheaper and is interrupted", () => {
    const onDemand = run(long, timer(0), {});
    const spot = run(long, spotAlways(), { checkpoints: { writeSeconds: 10 } });
    expect(spot.interruptions).toBeGreaterThan(10);
    expect(spot.costUsd).toBeLessThan(0.6 * onDemand.costUsd);
    expect(onDemand.interruptions).toBe(0);
  });

  it("loses an hour at most with checkpoints", () => {
    const { busyGpuHours, interruptions } = run(long, spotAlways(), { checkpoints: { writeSeconds: 0 } });
    expect(busyGpuHours).toBeGreaterThan(3650 * 24);
    expect(busyGpuHours).toBeLessThan(3650 * 24 + interruptions);
  });

  it("pays for each checkpoint", () => {
    const never = { interruptions: false } as const;
    const { busyGpuHours } = run([{ submit: 0, duration: 10 * 3600 }], spotAlways(), {
      ...never,
      checkpoints: { writeSeconds: 36 },
    });
    expect(busyGpuHours * 3600).toBeCloseTo(10 * 3600 + 9 * 36, 6);
  });

  it("begins anew without checkpoints", () => {
    const month = [{ submit: 0, duration: 100 * day }];
    const runs = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => run(month, spotAlways(), {}, seed));
    const lost = runs.filter(({ interruptions }) => interruptions > 0);
    expect(lost.length).toBeGreaterThan(0);
    for (const { busyGpuHours } of lost) expect(busyGpuHours).toBeGreaterThan(100 * 24);
    expect(runs.every(({ completed }) => completed === 1)).toBe(true);
  });

  it("takes whole users for checkpoints", () => {
    const users = Array.from({ length: 200 }, (_, user) => ({ submit: user, duration: 7200, user: `u${user}` }));
    const { busyGpuHours } = run([...users, ...users], spotAlways(), {
      interruptions: false,
      checkpoints: { writeSeconds: 3600, share: 0.5 },
    });
    const writing = Math.round(busyGpuHours - 800);
    expect(writing % 2).toBe(0);
    expect(writing).toBeGreaterThan(140);
    expect(writing).toBeLessThan(260);
  });

  it("finishes every job all the same", () => {
    const scenario = fc.tuple(someJobs, fc.constantFrom(0, 600), fc.integer({ min: 1, max: 1000 }));
    fc.assert(
      fc.property(scenario, ([jobs, seconds, seed]) => {
        const months = jobs.map((job) => ({ ...job, duration: job.duration * 10_000 }));
        const result = run(months, spotAlways(seconds), { checkpoints: { writeSeconds: 30 } }, seed);
        const work = months.reduce((sum, { duration, nodes }) => sum + duration * nodes, 0);
        expect(result.completed).toBe(jobs.length);
        expect(result.busyGpuHours * 3600).toBeGreaterThanOrEqual(work - 1e-3);
      }),
      { seed: 9 },
    );
  });

  it("finishes shared jobs all the same", () => {
    const shares = Array.from({ length: 40 }, (_, job) => ({
      submit: 1000 * job,
      duration: 40 * day,
      gpus: [0.2, 0.5, 0.7][job % 3] ?? 1,
    }));
    const result = run(shares, spotAlways(60), { checkpoints: { writeSeconds: 30 } });
    expect(result.interruptions).toBeGreaterThan(3);
    expect(result.completed).toBe(40);
  });
});

describe("insufficient capacity", () => {
  /** One instance type has it, in three zones. */
  const scarce = { submit: 0, duration: 10, gpuType: "B200" };
  const refuseFirstZone = ({ zone }: Offering) => (zone.endsWith("a") ? 0.95 : 0);

  it("goes to another zone at once", () => {
    const jobs = Array.from({ length: 50 }, (_, job) => ({ submit: 1000 * job, duration: 10 }));
    const { waitMeanSeconds, completed } = run(jobs, timer(0), { refusal: { probability: refuseFirstZone } });
    expect(completed).toBe(50);
    expect(waitMeanSeconds).toBeCloseTo(100, 9);
  });

  it("is told to the policy", () => {
    const events: PoolEvent["type"][] = [];
    const policy = timer(0);
    const listening = {
      ...policy,
      release: { ...policy.release, observe: (_: unknown, { type }: PoolEvent) => void events.push(type) },
    };
    run([{ submit: 0, duration: 10 }], listening, { refusal: { probability: () => 0.95 } });
    expect(events.filter((type) => type === "refused").length).toBeGreaterThan(3);
    expect(events.indexOf("arrived")).toBe(0);
  });

  it("waits and tries again for ever", () => {
    const result = run([{ ...scarce, nodes: 4, gpus: 32 }], timer(0), { refusal: { probability: () => 7 } });
    expect(result.completed).toBe(1);
    expect(result.waitMeanSeconds).toBeGreaterThan(100);
  });

  it("falls back from spot to on demand", () => {
    const probability = ({ capacityType }: Offering) => (capacityType === "spot" ? 0.95 : 0);
    const { costUsd, completed } = run([{ submit: 0, duration: 36_000 }], spotAlways(), { refusal: { probability } });
    expect(completed).toBe(1);
    expect(costUsd).toBeGreaterThan(0);
  });
});
