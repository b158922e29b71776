import { describe, expect, test } from "vitest";
import { cesBuffer, hourlySeasonal, reactivePlus } from "../../../src/policy/warm/baselines.ts";
import { day, poolJob, poolView, tell } from "./pool.ts";

const idle = (...since: readonly number[]) =>
  since.map((idleSinceSeconds, node) => ({ node, idleSinceSeconds, launchedAtSeconds: 0 }));

describe("baselines that warm", () => {
  test("a fixed buffer keeps one node and launches it", () => {
    const policy = reactivePlus(1);
    expect(policy.warm?.warm(poolView())).toBeUndefined();
    policy.warm?.observe?.(poolView(), { type: "arrived", job: poolJob(0) });
    expect(policy.warm?.warm(poolView())?.nodes).toBe(1);
    const pool = poolView({ nowSeconds: 1000, idle: idle(0, 1000) });
    expect(policy.warm?.warm(pool)).toBeUndefined();
    expect([0, 1].map((index) => policy.release.hold(pool, index).untilSeconds > 1000)).toEqual([true, false]);
  });

  test("CES keeps a buffer only while nodes are in use", () => {
    const policy = cesBuffer(2);
    expect(policy.warm?.warm(poolView())).toBeUndefined();
    expect(policy.warm?.warm(poolView({ busy: 1 }))?.nodes).toBe(2);
    expect(policy.release.hold(poolView({ idle: idle(0) }), 0).untilSeconds).toBe(7200);
  });

  test("hourly peaks of other days are there again", () => {
    const policy = hourlySeasonal();
    const jobs = [0, 1, 2].map((index) => index * day + 9 * 3600);
    tell(
      policy.release,
      poolView(),
      jobs.map((at) => ({ at, job: poolJob(at, { nodes: 3 }), seconds: 600 })),
    );
    const warm = (hours: number) => policy.warm?.warm(poolView({ nowSeconds: 3 * day + hours * 3600 }))?.nodes;
    expect([warm(8), warm(9 - 0.05), warm(10)]).toEqual([undefined, 3, undefined]);
  });

  test("a day has to be seen before its hours are expected", () => {
    const policy = hourlySeasonal();
    tell(policy.release, poolView(), [{ at: 0, job: poolJob(0), seconds: 600 }]);
    expect(policy.warm?.warm(poolView({ nowSeconds: day - 3600 }))).toBeUndefined();
  });
});
