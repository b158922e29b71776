import { describe, expect, test } from "vitest";
import type { PoolJob } from "../../../src/policy/pool.ts";
import { newsvendorWarm } from "../../../src/policy/warm/newsvendor-warm.ts";
import { day, everyWeekday, poolJob, poolView, tell, weighing } from "./pool.ts";

const nine = 9 * 3600;
/** The third Monday: ten weekdays have been seen. */
const thirdMonday = 14 * day;

/** A policy that saw a job each weekday at nine for two weeks, and a pool in which something runs. */
function taught(changes: Partial<PoolJob> = {}, options: Parameters<typeof newsvendorWarm>[0] = { dailyUsd: 100 }) {
  const policy = newsvendorWarm(options);
  tell(policy, poolView(), everyWeekday(9, 12, changes));
  return policy;
}

describe("newsvendorWarm", () => {
  test("a job of every weekday finds its node ready", () => {
    const policy = taught();
    const before = poolView({ nowSeconds: thirdMonday + nine - 300 });
    const warm = policy.warm(before);
    expect(warm?.nodes).toBe(1);
    expect(warm?.untilSeconds).toBe(before.nowSeconds + 300 + 1800);
    expect(warm?.reason.text()).toMatch(/^p = 0\.\d\d that 1 GPU is wanted 09:00–09:30: 5 of the last 5 weekdays$/);
  });

  test("nothing is warmed at other times and on weekends", () => {
    const policy = taught();
    const times = [thirdMonday + nine - 3600, thirdMonday + nine + 3600, thirdMonday - 2 * day + nine - 300];
    for (const nowSeconds of times.sort((a, b) => a - b)) expect(policy.warm(poolView({ nowSeconds }))).toBeUndefined();
  });

  test("cheap waiting never warms, by the newsvendor's formula", () => {
    for (const weight of [0, 0.001]) {
      const pool = poolView({ nowSeconds: thirdMonday + nine - 300, costs: weighing(weight) });
      expect(taught().warm(pool)).toBeUndefined();
    }
  });

  test("nodes that are ready or on their way are not warmed twice", () => {
    const policy = taught();
    const idle = [{ node: 1, idleSinceSeconds: thirdMonday, launchedAtSeconds: 0 }];
    expect(policy.warm(poolView({ nowSeconds: thirdMonday + nine - 300, idle }))).toBeUndefined();
    expect(policy.warm(poolView({ nowSeconds: thirdMonday + nine - 300, booting: 1 }))).toBeUndefined();
    expect(policy.warm(poolView({ nowSeconds: thirdMonday + nine - 300, booting: 1, queued: 1 }))?.nodes).toBe(1);
  });

  test("a gang is warmed whole, or not at all", () => {
    const at = { nowSeconds: thirdMonday + nine - 300 };
    expect(taught({ nodes: 4 }).warm(poolView(at))?.nodes).toBe(4);
    expect(taught({ nodes: 4 }, { dailyUsd: 100, maxWarmNodes: 3 }).warm(poolView(at))).toBeUndefined();
    expect(taught({ nodes: 4 }, { dailyUsd: 2 }).warm(poolView(at))).toBeUndefined();
  });

  test("asking twice changes nothing", () => {
    const policy = taught();
    const pool = poolView({ nowSeconds: thirdMonday + nine - 300 });
    expect(policy.warm(pool)?.nodes).toBe(policy.warm(pool)?.nodes);
  });

  test("the same weeks later are the same", () => {
    const shift = 3 * 7 * day;
    const policy = newsvendorWarm({ dailyUsd: 100 });
    const moved = everyWeekday(9, 12).map(({ at, seconds }) => ({ at: at + shift, job: poolJob(at + shift), seconds }));
    tell(policy, poolView(), moved);
    const warmed = (of: typeof policy, from: number) =>
      [600, 360, 300, 240, 0].map((before) => of.warm(poolView({ nowSeconds: from + nine - before }))?.nodes);
    expect(warmed(policy, thirdMonday + shift)).toEqual(warmed(taught(), thirdMonday));
  });

  test("refused launches are not tried again for longer each time", () => {
    const policy = taught();
    const refusedAt = thirdMonday + nine - 301;
    policy.observe?.(poolView({ nowSeconds: refusedAt }), { type: "refused" });
    expect(policy.warm(poolView({ nowSeconds: refusedAt + 1 }))).toBeUndefined();
    policy.observe?.(poolView({ nowSeconds: refusedAt + 2 }), { type: "launched", seconds: 300 });
    expect(policy.warm(poolView({ nowSeconds: thirdMonday + day + nine - 300 }))?.nodes).toBe(1);
  });

  test("a sweep that always grows is met half-way", () => {
    const policy = newsvendorWarm({ dailyUsd: 100 });
    // jobs ten minutes apart that run for hours: after the first, more always follow
    const sweeps = Array.from({ length: 20 }, (_, sweep) =>
      Array.from({ length: 6 }, (_, index) => {
        const at = sweep * 7 * 3600 * 3.3 + index * 600;
        return { at, job: poolJob(at), seconds: 4 * 3600 };
      }),
    ).flat();
    tell(policy, poolView(), sweeps);
    const now = 20 * 7 * 3600 * 3.3 + 100;
    const pool = poolView({ nowSeconds: now, busy: 1 });
    policy.observe?.(pool, { type: "arrived", job: poolJob(now) });
    const warm = policy.warm({ ...pool, nowSeconds: now + 10 });
    expect(warm?.nodes).toBeGreaterThanOrEqual(1);
    expect(warm?.reason.text()).toMatch(
      /^p = 0\.\d\d that \d (GPU more is|GPUs more are) wanted within .* of the 1 GPU that just came: \d+ of \d+ times there were$/,
    );
  });
});
