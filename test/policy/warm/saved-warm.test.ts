import { describe, expect, test } from "vitest";

import type { LearnedState, WarmPolicy } from "../../../src/policy/policy.ts";
import { newsvendorWarm } from "../../../src/policy/warm/newsvendor-warm.ts";
import { day, everyWeekday, poolJob, poolView, type Told, tell } from "./pool.ts";

const make = () => newsvendorWarm({ dailyUsd: 100 });

/** Nightly work and sweeps, in two pools. */
function taught(): WarmPolicy {
  const policy = make();
  const sweeps = Array.from({ length: 60 }, (_, index): Told => {
    const at = Math.floor(index / 6) * day + (index % 6) * 240;
    return { at, job: poolJob(at, { user: 2 }), seconds: 3000 };
  });
  tell(policy, poolView(), everyWeekday(9, 12));
  tell(policy, poolView({ id: 1, tenant: "bob" }), sweeps);
  policy.observe?.(poolView({ nowSeconds: 12 * day }), { type: "warmed", nodes: 1, untilSeconds: 12 * day + 600 });
  return policy;
}

/** What is warmed in both pools on the days after, which go on being told of; `ids` are the pools' numbers. */
function warmed(policy: WarmPolicy, [ann, bob]: readonly [number, number]): unknown[] {
  const pools = [poolView({ id: ann }), poolView({ id: bob, tenant: "bob" })] as const;
  const said: unknown[] = [];
  for (let now = 14 * day; now < 16 * day; now += 120) {
    const job = poolJob(now, { user: 2 });
    if (now % 7200 === 0) policy.observe?.({ ...pools[1], nowSeconds: now }, { type: "arrived", job });
    for (const pool of pools) {
      const warm = policy.warm({ ...pool, nowSeconds: now });
      if (warm !== undefined) said.push([now, pool.tenant, warm.nodes, warm.untilSeconds, warm.reason.text()]);
    }
  }
  return said;
}

// biome-ignore lint/suspicious/noExplicitAny: a state that is to be spoilt
const saved = (policy: WarmPolicy): any => JSON.parse(JSON.stringify(policy.save?.()));

describe("what the warm policy has learned", () => {
  test("goes on after a restart as if nothing happened", () => {
    const [policy, restored] = [taught(), make()];
    restored.restore?.(saved(policy));
    const expected = warmed(policy, [0, 1]);
    // numbers of pools are given anew
    expect(warmed(restored, [1, 0])).toEqual(expected);
    expect(new Set(expected.map((each) => (each as [number, string])[1]))).toEqual(new Set(["ann", "bob"]));
    expect(warmed(make(), [0, 1])).not.toEqual(expected);
  });

  test("is saved the same after it was restored", () => {
    const [policy, restored] = [taught(), make()];
    restored.restore?.(saved(policy));
    expect(saved(restored)).toEqual(saved(policy));
  });

  test("takes a few kilobytes for a pool", () => {
    expect(JSON.stringify(taught().save?.()).length).toBeLessThan(20_000);
  });

  test("counts for nothing where seconds count from another moment", () => {
    const restored = make();
    restored.restore?.(saved(taught()));
    const pool = poolView({ startMs: poolView().startMs + 7 * day * 1000, nowSeconds: 7 * day + 9 * 3600 - 300 });
    expect(restored.warm(pool)).toBeUndefined();
  });

  // biome-ignore lint/suspicious/noExplicitAny: each spoils one thing
  test.each<[string, (state: any) => void]>([
    ["another policy's", (state) => Object.assign(state, { policy: "aura-release" })],
    ["another version's", (state) => Object.assign(state, { version: 2 })],
    ["no pools", (state) => Object.assign(state, { pools: null })],
    ["a budget below nothing", (state) => Object.assign(state.pools.account, { spentUsd: -1e9 })],
    ["warm nodes without an end", (state) => Object.assign(ann(state, "account").warmed[0], { untilSeconds: null })],
    ["a demand below nothing", (state) => Object.assign(bob(state), { level: -1 })],
    ["more counts than there are", (state) => state.pools.following.all.push(...Array(300).fill(1))],
    ["a pause that is text", (state) => Object.assign(ann(state, "behaviour"), { notBeforeSeconds: "never" })],
    ["a detector of another version", (state) => Object.assign(ann(state, "recurring").detector, { version: 9 })],
    ["a detector without its parts", (state) => delete ann(state, "recurring").detector.parts],
    ["something nobody wrote", (state) => Object.assign(state.pools, { extra: 1 })],
  ])("is refused when poisoned: %s", (_, spoil) => {
    const [state, other] = [saved(taught()), taught()];
    const before = saved(other);
    spoil(state);
    expect(() => other.restore?.(state as LearnedState)).toThrow(expect.objectContaining({ code: "FILE_INVALID" }));
    expect(saved(other)).toEqual(before);
  });

  // biome-ignore lint/suspicious/noExplicitAny: as above
  const ann = (state: any, part: string) =>
    (part === "account" ? state.pools.account.pools : state.pools[part])["ann/g5.xlarge"].memory;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const bob = (state: any) => state.pools.following.pools["bob/g5.xlarge"].memory;
});
