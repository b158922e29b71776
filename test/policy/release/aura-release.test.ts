import { describe, expect, test } from "vitest";

import { seededRandom } from "../../../src/kernel/random.ts";
import type { ReleasePolicy } from "../../../src/policy/policy.ts";
import { auraRelease } from "../../../src/policy/release/aura-release.ts";
import { fixedHold } from "../../../src/policy/release/fixed-hold.ts";
import { edges } from "../../../src/policy/release/gap-grid.ts";
import { breakEven, costOfGaps, type Gap, type MutableView, poolJob, poolView, send } from "./one-level.ts";

const failed = 2;

/** Gaps drawn one by one from the same distribution. */
function stationary(seed: number, draw: (u: number) => Gap, count = 400): Gap[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => draw(random.next()));
}

const bestFixed = (gaps: readonly Gap[]) =>
  Math.min(...edges.map((hold) => costOfGaps(fixedHold("one", hold), gaps).cost));

/** Failed jobs are tried again within minutes, others are followed by hours of nothing. */
const retries = (seed: number, count?: number) =>
  stationary(seed, (u) => (u < 0.5 ? { seconds: 30 + 200 * u, status: failed } : { seconds: 9000 + 4000 * u }), count);

describe("what it costs", () => {
  test.each<[string, (u: number) => Gap]>([
    ["gaps that are all short", (u) => ({ seconds: 5 + 20 * u })],
    ["gaps that are all long", (u) => ({ seconds: 7000 + 9000 * u })],
    ["short ones among long ones", (u) => ({ seconds: u < 0.6 ? 40 + 30 * u : 20_000 * u })],
    ["exponential gaps", (u) => ({ seconds: -900 * Math.log(1 - u) })],
    ["heavy tails", (u) => ({ seconds: 10 / (1 - u) ** 1.5 })],
  ])("stays near the best timer for %s", (_, draw) => {
    for (const model of [undefined, "none"] as const)
      for (const seed of [1, 2, 3]) {
        const gaps = stationary(seed, draw);
        expect(costOfGaps(auraRelease({ model }), gaps).cost).toBeLessThanOrEqual(1.12 * bestFixed(gaps));
      }
  });

  test("tells gaps apart that no timer can", () => {
    const gaps = retries(5);
    const { cost, ratio } = costOfGaps(auraRelease(), gaps);
    expect(cost).toBeLessThan(0.85 * bestFixed(gaps));
    expect(ratio).toBeLessThan(1.15);
  });

  test("follows when the gaps change", () => {
    const [calm, wild] = [retries(6, 300), stationary(7, (u) => ({ seconds: u < 0.5 ? 9000 : 60, status: 1 }), 300)];
    const swapped = calm.map(({ seconds, status }) => ({ seconds, status: status === failed ? 1 : failed }));
    for (const after of [wild, swapped]) {
      const policy = auraRelease();
      const pool = poolView();
      costOfGaps(policy, calm, pool);
      costOfGaps(policy, after.slice(0, 100), pool);
      expect(costOfGaps(policy, after.slice(100), pool).ratio).toBeLessThan(1.75);
    }
  });

  test("is below twice the optimum before it knows anything", () => {
    for (const seconds of [1, 20, 100, 500, 600, 5000, 100_000])
      expect(costOfGaps(auraRelease({ model: "none" }), [{ seconds }]).cost).toBeLessThanOrEqual(
        Math.max(breakEven + seconds, 2 * breakEven),
      );
  });
});

describe("when it is asked", () => {
  test("holds no longer than four cold starts", () => {
    const gaps = stationary(8, (u) => ({ seconds: 2300 + 90 * u }), 200);
    expect(Math.max(...costOfGaps(auraRelease(), gaps).held.filter(Number.isFinite))).toBeLessThanOrEqual(
      4 * breakEven,
    );
  });

  test("asking twice changes nothing", () => {
    const nosy = auraRelease();
    const asking: ReleasePolicy = {
      name: "nosy",
      observe: (pool, event) => nosy.observe?.(pool, event),
      hold: (pool, index) => {
        for (let again = 0; again < 5; again += 1) nosy.hold(pool, index).reason.text();
        return nosy.hold(pool, index);
      },
    };
    const gaps = retries(9, 150);
    expect(costOfGaps(asking, gaps).held).toEqual(costOfGaps(auraRelease(), gaps).held);
  });

  test("whole weeks later it decides the same", () => {
    const gaps = stationary(10, (u) => ({ seconds: Math.floor(u * u * 9000), status: 1 + Math.floor(u * 3) }), 200);
    const later = poolView({ nowSeconds: 3 * 7 * 86_400 });
    expect(costOfGaps(auraRelease(), gaps, later).held).toEqual(costOfGaps(auraRelease(), gaps).held);
  });

  test("keeps a node for the minute that is billed", () => {
    const policy = auraRelease();
    const pool = idlePool(policy);
    costOfGaps(
      policy,
      Array.from({ length: 100 }, () => ({ seconds: 50_000 })),
      pool,
    );
    pool.idle.push({ node: 2, idleSinceSeconds: pool.nowSeconds, launchedAtSeconds: pool.nowSeconds - 20 });
    expect(policy.hold(pool, 0).untilSeconds).toBeGreaterThanOrEqual(pool.nowSeconds + 40);
  });

  test("answers for a node that no job has left", () => {
    const policy = auraRelease();
    const pool = poolView({ idle: [{ node: 1, idleSinceSeconds: 0, launchedAtSeconds: -300 }] });
    expect(policy.hold(pool, 0).untilSeconds).toBeLessThanOrEqual(4 * breakEven);
  });

  test("says why in a sentence with figures", () => {
    const policy = auraRelease();
    const pool = poolView();
    costOfGaps(policy, retries(11, 200), pool);
    const text = endJob(policy, pool, failed).reason.text();
    expect(text).toMatch(/^held [\d.]+ (s|min): \d+ % of the gaps after a failed job under 2 min, .* end within it/);
    expect(text).toContain("a cold start is worth 10 min");
  });

  test("learns from gaps that are still open", () => {
    const policy = auraRelease({ model: "none" });
    const pool = poolView();
    for (let job = 0; job < 60; job += 1) send(policy, pool, { type: "arrived", job: poolJob() });
    pool.nowSeconds = 100;
    const before = endJob(policy, pool, 1);
    for (let job = 0; job < 50; job += 1) endJob(policy, pool, 1);
    pool.nowSeconds = 20_000;
    const after = endJob(policy, pool, 1);
    expect(before.untilSeconds).toBeGreaterThan(100 + 15);
    expect(after.untilSeconds).toBe(20_000);
  });
});

function idlePool(policy: ReleasePolicy): MutableView {
  const pool = poolView();
  send(policy, pool, { type: "arrived", job: poolJob() });
  return pool;
}

/** One more job ends, and the policy is asked about its node. */
function endJob(policy: ReleasePolicy, pool: MutableView, status: number) {
  const last = poolJob({ startSeconds: pool.nowSeconds - 100, endSeconds: pool.nowSeconds, status });
  send(policy, pool, { type: "ended", job: last });
  pool.idle.push({ node: pool.idle.length, idleSinceSeconds: pool.nowSeconds, launchedAtSeconds: -3600, last });
  return policy.hold(pool, pool.idle.length - 1);
}
