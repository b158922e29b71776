import { describe, expect, test } from "vitest";
import { type GuardMode, type GuardOptions, guarded } from "../../../src/policy/guard/guarded.ts";
import type { Policy } from "../../../src/policy/policy.ts";
import type { IdleNode, PoolView } from "../../../src/policy/pool.ts";
import { fixedHold } from "../../../src/policy/release/fixed-hold.ts";
import { day, poolJob, poolView, weighing } from "../warm/pool.ts";

const reason = { code: "test", text: () => "because of the test" };

/** Holds for `seconds`, warms two nodes whenever asked, places on the first offer. */
function policyOf(seconds: number): Policy {
  return {
    name: "learned",
    release: fixedHold("learned", seconds),
    warm: {
      name: "two",
      reviewSeconds: 60,
      warm: ({ nowSeconds }) => ({ nodes: 2, untilSeconds: nowSeconds + 600, reason }),
    },
  };
}

/** `learned` against an expert that holds for a minute: B is 600 s. */
const guard = (learnedSeconds: number, mode: GuardMode, more: Partial<GuardOptions> = {}) =>
  guarded(policyOf(learnedSeconds), fixedHold("plain", 60), { mode, ...more });

type Guarded = ReturnType<typeof guard>;

/** A node that is used again and again, `gap` seconds after each job, and what its guard said of it each time. */
function play(policy: Guarded, gap: number, fromSeconds: number, toSeconds: number): number[] {
  const holds: number[] = [];
  const base = poolView({ costs: weighing(1) });
  for (let at = fromSeconds; at < toSeconds; at += gap + 100) {
    const job = poolJob(at);
    policy.release.observe?.({ ...base, nowSeconds: at }, { type: "arrived", job });
    const ended: PoolView = { ...base, nowSeconds: at + 100, idle: [idleSince(at + 100)] };
    policy.release.observe?.(ended, { type: "ended", job: { ...job, endSeconds: at + 100, status: 1 } });
    holds.push(policy.release.hold(ended, 0).untilSeconds - at - 100);
  }
  return holds;
}

const idleSince = (idleSinceSeconds: number): IdleNode => ({ node: 1, idleSinceSeconds, launchedAtSeconds: 0 });

describe("guarded", () => {
  test("the plain expert acts until the other was better for 7 days", () => {
    const policy = guard(400, "act");
    expect(new Set(play(policy, 300, 0, 7 * day - 400))).toEqual(new Set([60]));
    expect(policy.status()).toMatch(
      /^the plain expert acts until what was learned was as good for 7 days in a row \(now 6\)/,
    );
    expect(policy.warm?.warm(poolView())).toBeUndefined();
    play(policy, 300, 7 * day, 8 * day);
    expect(policy.acting()).toBe(true);
    expect(policy.release.hold(poolView({ idle: [idleSince(0)] }), 0).untilSeconds).toBe(400);
    expect(policy.warm?.warm(poolView())?.nodes).toBe(2);
    expect(policy.status()).toMatch(/^what was learned acts: holds and cold starts cost \$\d+\.\d\d so far/);
  });

  test("what is no better never gets to act", () => {
    const policy = guard(400, "act");
    play(policy, 3000, 0, 20 * day);
    expect(policy.acting()).toBe(false);
  });

  test("a change for the worse brings the plain expert back", () => {
    const policy = guard(400, "act", { trialDays: 0 });
    expect(play(policy, 300, 0, 2 * day).at(-1)).toBe(400);
    expect(play(policy, 3000, 2 * day, 8 * day).at(-1)).toBe(60);
    expect(policy.status()).toMatch(/^the plain expert acts: what was learned became worse than it by 5 deviations/);
    expect(play(policy, 300, 8 * day, 11 * day).at(-1)).toBe(400);
  });

  test("in the shadow and advising it only learns", () => {
    for (const mode of ["shadow", "advise"] as const) {
      const policy = guard(400, mode, { trialDays: 0 });
      expect(new Set(play(policy, 300, 0, 9 * day))).toEqual(new Set([60]));
      expect(policy.warm?.warm(poolView())).toBeUndefined();
    }
  });

  test("off, nothing learns, warms or places", () => {
    const heard: string[] = [];
    const learned = policyOf(400);
    const release = { ...learned.release, observe: () => heard.push("learned") };
    const policy = guarded({ ...learned, release }, fixedHold("plain", 60), { mode: "off", trialDays: 0 });
    expect(play(policy, 300, 0, day).at(-1)).toBe(60);
    expect(policy.warm?.warm(poolView())).toBeUndefined();
    expect(heard).toEqual([]);
    expect(policy.status()).toBe("everything is off: nodes are the autoscaler's alone");
  });

  test("caps bound holds, idle nodes and warm ones", () => {
    const caps = { trialDays: 0, maxIdleSeconds: 200, maxWarmNodes: 2 };
    const policy = guard(400, "act", caps);
    const three = [0, 50, 100].map(idleSince);
    const pool = poolView({ nowSeconds: 120, idle: three });
    expect([0, 1, 2].map((index) => policy.release.hold(pool, index).untilSeconds)).toEqual([120, 250, 300]);
    expect(policy.release.hold(pool, 0).reason.text()).toBe("given back: 2 idle nodes are as many as may be kept");
    expect(policy.warm?.warm(pool)).toBeUndefined();
    expect(policy.warm?.warm(poolView())?.nodes).toBe(2);
    const dear = guard(400, "act", { trialDays: 0, maxIdleUsdPerHour: 1.5 });
    expect([0, 1, 2].map((index) => dear.release.hold(pool, index).reason.code)).toEqual([
      "cap-usd",
      "cap-usd",
      "hold-fixed",
    ]);
  });
});
