import { describe, expect, test } from "vitest";

import { seededRandom } from "../../../src/kernel/random.ts";
import type { LearnedState, ReleasePolicy } from "../../../src/policy/policy.ts";
import { auraRelease } from "../../../src/policy/release/aura-release.ts";
import { costOfGaps, type Gap, poolView } from "./one-level.ts";

const random = seededRandom(21);
const gaps: Gap[] = Array.from({ length: 300 }, () => ({
  seconds: Math.round(10 ** (4.5 * random.next())),
  status: 1 + random.integer(3),
  ranSeconds: 10 ** (1 + 3 * random.next()),
}));

/** A policy that has seen `gaps`, the pool it saw them in, and its state as it is written to a file. */
function taught() {
  const [policy, pool] = [auraRelease(), poolView()];
  costOfGaps(policy, gaps, pool);
  return { policy, pool, state: saved(policy) };
}

// biome-ignore lint/suspicious/noExplicitAny: a state that is to be spoilt
const saved = (policy: ReleasePolicy): any => JSON.parse(JSON.stringify(policy.save?.()));

describe("what was learned", () => {
  test("goes on as if nothing had happened", () => {
    const { policy, pool, state } = taught();
    const restored = auraRelease();
    restored.restore?.(state);
    const [one, other] = [poolView({ ...pool, idle: [] }), poolView({ ...pool, idle: [] })];
    expect(costOfGaps(restored, gaps, one).held).toEqual(costOfGaps(policy, gaps, other).held);
  });

  test("is saved the same after it was restored", () => {
    const { state } = taught();
    const restored = auraRelease();
    restored.restore?.(state);
    expect(saved(restored)).toEqual(state);
  });

  test("takes a few kilobytes for a pool", () => {
    expect(JSON.stringify(taught().state.pools["u1/1gpu"]).length).toBeLessThan(20_000);
  });

  test("differs from having learned nothing", () => {
    const { policy, pool } = taught();
    const [one, other] = [poolView({ ...pool, idle: [] }), poolView({ ...pool, idle: [] })];
    expect(costOfGaps(policy, gaps, one).held).not.toEqual(costOfGaps(auraRelease(), gaps, other).held);
  });
});

describe("a poisoned state", () => {
  const pool = "u1/1gpu";
  // biome-ignore lint/suspicious/noExplicitAny: each spoils one thing
  test.each<[string, (state: any) => void]>([
    ["another policy's", (state) => Object.assign(state, { policy: "five-minutes" })],
    ["another version's", (state) => Object.assign(state, { version: 2 })],
    ["no pools", (state) => Object.assign(state, { pools: null })],
    ["a pool that is text", (state) => Object.assign(state.pools, { [pool]: "text" })],
    ["a count that is negative", (state) => Object.assign(state.pools[pool].tables.all, { 1: -1 })],
    ["more ended than at risk", (state) => Object.assign(state.pools[pool].tables.all, { 0: 1e9 })],
    ["half a bucket", (state) => state.pools[pool].tables.all.pop()],
    ["a loss that is no number", (state) => Object.assign(state.pools[pool].losses, { 0: null })],
    ["losses of fewer experts", (state) => state.pools[pool].losses.pop()],
    ["a hazard above one", (state) => Object.assign(openGap(state).hazards, { 3: 1.5 })],
    ["a gap's holds of other experts", (state) => openGap(state).holds.pop()],
    ["something nobody wrote", (state) => Object.assign(state.pools[pool], { extra: 1 })],
    ["activity cut short", (state) => state.pools[pool].activity.pop()],
    ["no shared part", (state) => delete state.pools["all pools"]],
  ])("is refused: %s", (_, spoil) => {
    const { policy, pool: view, state } = taught();
    view.idle.length = 0;
    spoil(withOpenGap(state));
    const before = saved(policy);
    expect(() => policy.restore?.(state as LearnedState)).toThrow(
      expect.objectContaining({ code: "FILE_INVALID", details: expect.objectContaining({ why: expect.any(String) }) }),
    );
    expect(saved(policy)).toEqual(before);
  });

  // biome-ignore lint/suspicious/noExplicitAny: as above
  const openGap = (state: any) => state.pools[pool].vacancies[0];

  /** With a gap that is open. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  function withOpenGap(state: any) {
    state.pools[pool].vacancies.push({
      since: 1,
      level: 0,
      user: "1",
      outlived: 0,
      job: "1.2",
      activity: "0",
      hazards: Array(24).fill(0.1),
      leader: 0,
      holds: Array(state.pools[pool].losses.length).fill(10),
      breakEven: 600,
      settled: false,
    });
    return state;
  }
});
