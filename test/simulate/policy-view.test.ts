import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { PoolEvent, PoolView } from "../../src/policy/pool.ts";
import type { SimulatedPolicy } from "../../src/simulate/options.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import { someJobs, spotAlways, type TestJob, timer, traceOf } from "./traces.ts";

const reason = { code: "test", text: () => "" };

/** Warms a node at every review, and lets it go after ten minutes. */
const warmAlways = {
  name: "warm",
  reviewSeconds: 300,
  warm: (pool: PoolView) => ({ nodes: 1, untilSeconds: pool.nowSeconds + 600, reason }),
};

function run(jobs: readonly TestJob[], policy: SimulatedPolicy) {
  const trace = traceOf(jobs);
  return simulate({ trace, region: "us-east-1", launchSeconds: 100, makePolicy: () => policy, replay: false }).result;
}

/** What a policy may rely on whenever it is asked or told. */
function checked(
  policy: SimulatedPolicy,
  hear: (pool: PoolView, event: PoolEvent) => void = () => {},
): SimulatedPolicy {
  let before = 0;
  const check = (pool: PoolView) => {
    expect(pool.nowSeconds).toBeGreaterThanOrEqual(before);
    before = pool.nowSeconds;
    for (const nodes of [pool.busy, pool.booting, pool.queued]) expect(nodes).toBeGreaterThanOrEqual(0);
    const since = pool.idle.map(({ idleSinceSeconds }) => idleSinceSeconds);
    expect(since).toEqual(since.toSorted((a, b) => a - b));
    expect(new Set(pool.idle.map(({ node }) => node)).size).toBe(pool.idle.length);
  };
  return {
    ...policy,
    release: {
      name: policy.name,
      hold(pool, index) {
        check(pool);
        expect(pool.idle[index]).toBeDefined();
        return policy.release.hold(pool, index);
      },
      observe(pool, event) {
        check(pool);
        hear(pool, event);
      },
    },
  };
}

describe("what a policy sees", () => {
  const policies = [timer(0), timer(300), spotAlways(300), { ...timer(60), warm: warmAlways }];

  it("is always in order", () => {
    const scenario = fc.tuple(someJobs, fc.constantFrom(...policies), fc.constantFrom(1, 0.3, 0.6));
    fc.assert(
      fc.property(scenario, ([jobs, policy, gpus]) => {
        const drawn = gpus === 1 ? jobs : jobs.map((job) => ({ ...job, gpus, nodes: 1 }));
        expect(run(drawn, checked(policy)).completed).toBe(jobs.length);
      }),
      { seed: 9 },
    );
  });

  it("has each job come and go once", () => {
    fc.assert(
      fc.property(someJobs, (jobs) => {
        const heard = { arrived: 0, started: 0, ended: 0 };
        const policy = checked(timer(60), (_, event) => {
          if (event.type === "arrived" || event.type === "started" || event.type === "ended") heard[event.type] += 1;
        });
        run(jobs, policy);
        expect(heard).toEqual({ arrived: jobs.length, started: jobs.length, ended: jobs.length });
      }),
      { seed: 9 },
    );
  });

  it("tells an end only when it came", () => {
    const told: (readonly [string, number, number])[] = [];
    const policy = checked(timer(0), (_, event) => {
      if ("job" in event) told.push([event.type, event.job.endSeconds, event.job.status]);
    });
    run([{ submit: 0, duration: 50, status: "failed" }], policy);
    expect(told).toEqual([
      ["arrived", Number.NaN, 0],
      ["started", Number.NaN, 0],
      ["ended", 150, 2],
    ]);
  });

  it("has nodes with the job before", () => {
    const seen: (number | undefined)[] = [];
    const policy = timer(50);
    const release = {
      ...policy.release,
      hold(pool: PoolView, index: number) {
        seen.push(pool.idle[index]?.last?.endSeconds);
        return policy.release.hold(pool, index);
      },
    };
    run(
      [
        { submit: 0, duration: 50 },
        { submit: 1000, duration: 10 },
      ],
      { ...policy, release },
    );
    expect(seen).toEqual([150, 150, 1110]);
  });
});

describe("warmed nodes", () => {
  it("serve who comes, without a wait", () => {
    const jobs = [
      { submit: 0, duration: 10 },
      { submit: 800, duration: 10 },
    ];
    const { coldShare, launches } = run(jobs, { ...timer(0), warm: warmAlways });
    expect(coldShare).toBe(0.5);
    expect(launches).toBe(3);
  });

  it("go when their time is over", () => {
    const jobs = [
      { submit: 0, duration: 10 },
      { submit: 20_000, duration: 10 },
    ];
    const { idleGpuHours, bootGpuHours, launches } = run(jobs, { ...timer(0), warm: warmAlways });
    // 66 reviews, one more that the last job has not waited for; each node boots 100 s and idles 500 s
    expect(launches).toBe(67);
    expect(bootGpuHours * 3600).toBe(67 * 100);
    expect(idleGpuHours * 3600).toBeLessThanOrEqual(66 * 500);
    expect(idleGpuHours * 3600).toBeGreaterThan(60 * 500);
  });
});
