import { describe, expect, test } from "vitest";

import { seededRandom } from "../../../src/kernel/random.ts";
import { guarded } from "../../../src/policy/guard/guarded.ts";
import { plainExpert } from "../../../src/policy/guard/plain-expert.ts";
import type { LearnedState, ReleasePolicy } from "../../../src/policy/policy.ts";
import { auraRelease } from "../../../src/policy/release/aura-release.ts";
import { fixedHold } from "../../../src/policy/release/fixed-hold.ts";
import { poolJob, poolView } from "../warm/pool.ts";

const random = seededRandom(9);
const gaps = Array.from({ length: 400 }, () => Math.round(10 ** (1 + 3.5 * random.next())));
const starts = [0];
for (const gap of gaps) starts.push((starts.at(-1) ?? 0) + gap + 60);

/** One node that is used again and again: what is held after each job. `id` is the pool's number, which may change. */
function play(release: ReleasePolicy, from: number, to: number, id = 0): number[] {
  return starts.slice(from, to).map((at) => {
    const base = poolView({ id, nowSeconds: at });
    release.observe?.(base, { type: "arrived", job: poolJob(at) });
    const nowSeconds = at + 60;
    const idle = [{ node: 1, idleSinceSeconds: nowSeconds, launchedAtSeconds: 0 }];
    const pool = { ...base, nowSeconds, idle };
    release.observe?.(pool, { type: "ended", job: poolJob(at, { endSeconds: nowSeconds, status: 1 }) });
    return release.hold(pool, 0).untilSeconds - nowSeconds;
  });
}

const makers: Record<string, () => ReleasePolicy> = {
  "the plain expert": () => plainExpert(),
  "the guard of a fixed hold": () =>
    guarded({ name: "fixed", release: fixedHold("fixed", 700) }, plainExpert(), { mode: "act", trialDays: 0 }).release,
  "the guard of what is learned": () =>
    guarded({ name: "aura", release: auraRelease() }, plainExpert(), { mode: "act", trialDays: 2 }).release,
};

// biome-ignore lint/suspicious/noExplicitAny: a state that is to be spoilt
const saved = (policy: ReleasePolicy): any => JSON.parse(JSON.stringify(policy.save?.()));

describe.each(Object.entries(makers))("%s", (_, make) => {
  test("goes on after a restart as if nothing happened", () => {
    const [policy, restored] = [make(), make()];
    play(policy, 0, 200);
    restored.restore?.(saved(policy));
    // numbers of pools are given anew
    expect(play(restored, 200, 400, 3)).toEqual(play(policy, 200, 400));
  });

  test("is saved the same after it was restored", () => {
    const [policy, restored] = [make(), make()];
    play(policy, 0, 200);
    restored.restore?.(saved(policy));
    expect(saved(restored)).toEqual(saved(policy));
  });

  test("has learned something that a new one lacks", () => {
    const policy = make();
    play(policy, 0, 200);
    expect(saved(policy)).not.toEqual(saved(make()));
  });
});

describe("a guard's state", () => {
  const guard = () => guarded({ name: "aura", release: auraRelease() }, plainExpert(), { mode: "act", trialDays: 0 });

  test("remembers that what was learned became worse", () => {
    const bad = () =>
      guarded({ name: "bad", release: fixedHold("bad", 0) }, fixedHold("plain", 3300), { mode: "act", trialDays: 0 });
    const [policy, restored] = [bad(), bad()];
    play(policy.release, 0, 200);
    expect(policy.acting()).toBe(false);
    restored.release.restore?.(saved(policy.release));
    expect([restored.acting(), restored.status()]).toEqual([false, policy.status()]);
  });

  // biome-ignore lint/suspicious/noExplicitAny: each spoils one thing
  test.each<[string, (state: any) => void]>([
    ["another policy's", (state) => Object.assign(state, { policy: "aura-release" })],
    ["another version's", (state) => Object.assign(state, { version: 2 })],
    ["no parts", (state) => Object.assign(state, { pools: null })],
    ["negative dollars", (state) => Object.assign(state.pools.probation.total, { learned: -1 })],
    ["a sum that is text", (state) => Object.assign(state.pools.probation.changes, { sum: "5" })],
    ["half a trip", (state) => Object.assign(state.pools.probation, { trips: 0.5 })],
    ["a gap's price below nothing", (state) => Object.assign(trial(state).gaps[0].context, { usdPerSecond: -1 })],
    ["a demand that nobody measured", (state) => Object.assign(trial(state), { demand: null })],
    ["a poisoned plain expert", (state) => Object.assign(state.pools.plain.pools, { shared: { all: [2, 1] } })],
    ["a poisoned learned policy", (state) => Object.assign(state.pools.learned, { version: 7 })],
    ["something nobody wrote", (state) => Object.assign(state.pools, { extra: 1 })],
  ])("is refused when poisoned: %s", (_, spoil) => {
    const [policy, other] = [guard().release, guard().release];
    play(policy, 0, 60);
    play(other, 100, 120);
    const [state, before] = [saved(policy), saved(other)];
    spoil(state);
    expect(() => other.restore?.(state as LearnedState)).toThrow(expect.objectContaining({ code: "FILE_INVALID" }));
    expect(saved(other)).toEqual(before);
  });

  // biome-ignore lint/suspicious/noExplicitAny: as above
  const trial = (state: any) => state.pools.trial["ann/g5.xlarge"].memory;
});

test("a hold that had run out is not renewed by asking later", () => {
  const plain = fixedHold("plain", 30);
  // says on and on that the node is to go in a moment: it would have been given back long before
  const guard = guarded(
    { name: "long", release: fixedHold("long", 500) },
    { ...plain, hold: always },
    { mode: "act", trialDays: 0 },
  );
  function always(pool: Parameters<ReleasePolicy["hold"]>[0], index: number) {
    const hold = plain.hold(pool, index);
    return { ...hold, untilSeconds: Math.max(hold.untilSeconds, pool.nowSeconds) };
  }
  const base = poolView();
  guard.release.observe?.(base, { type: "arrived", job: poolJob(0) });
  const idle = [{ node: 1, idleSinceSeconds: 60, launchedAtSeconds: 0 }];
  guard.release.observe?.(
    { ...base, nowSeconds: 60, idle },
    { type: "ended", job: poolJob(0, { endSeconds: 60, status: 1 }) },
  );
  for (const nowSeconds of [60, 300, 560]) guard.release.hold({ ...base, nowSeconds, idle }, 0);
  guard.release.observe?.({ ...base, nowSeconds: 1e6 }, { type: "arrived", job: poolJob(1e6) });
  // 500 s and 30 s of a node at $1 an hour, and a cold start's 3300 s on top of each
  expect(guard.status()).toContain("cost $1.06 so far, the plain expert's $0.9250");
});

test("a hold that is no number is the plain expert's", () => {
  const mad = {
    ...fixedHold("mad", 1),
    hold: () => ({ untilSeconds: Number.NaN, reason: { code: "x", text: () => "" } }),
  };
  const guard = guarded({ name: "mad", release: mad }, fixedHold("plain", 60), { mode: "act", trialDays: 0 });
  const pool = poolView({ nowSeconds: 10, idle: [{ node: 1, idleSinceSeconds: 10, launchedAtSeconds: 0 }] });
  expect(guard.release.hold(pool, 0).untilSeconds).toBe(70);
});
