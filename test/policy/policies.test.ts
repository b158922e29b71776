import { describe, expect, test } from "vitest";
import { Failure } from "../../src/kernel/failure.ts";
import { decide } from "../../src/policy/decide.ts";
import type { GuardedPolicy } from "../../src/policy/guard/guarded.ts";
import { makePolicy, policyNames } from "../../src/policy/policies.ts";
import { day, everyWeekday, poolView, tell, weighing } from "./warm/pool.ts";

describe("makePolicy", () => {
  test("every name makes a policy of that name that answers", () => {
    for (const name of policyNames()) {
      const policy = makePolicy(name);
      const pool = poolView({
        nowSeconds: 13 * 86_400,
        idle: [{ node: 1, idleSinceSeconds: 13 * 86_400, launchedAtSeconds: 0 }],
      });
      for (const port of [policy.release, policy.warm]) if (port) tell(port, poolView(), everyWeekday(9, 12));
      expect(policy.name).toBe(name);
      expect(policy.release.hold(pool, 0).untilSeconds).toBeGreaterThanOrEqual(pool.nowSeconds);
      expect(policy.release.hold(pool, 0).reason.text()).toMatch(/\w/);
      expect(() => policy.warm?.warm(pool)).not.toThrow();
    }
  });

  test("a slip of the finger hears what was meant", () => {
    expect(() => makePolicy("karpenter-30")).toThrow(Failure);
    expect(() => makePolicy("constructor")).toThrow(/there is no policy "constructor"/);
    expect(failureOf("karpenter-30").details.fix).toBe("did you mean karpenter-30s?");
    expect(failureOf("zzz").details.fix).toMatch(/^one of aura, aura-interactive, /);
  });

  test("dear waiting holds a node for longer", () => {
    const pool = poolView({ idle: [{ node: 1, idleSinceSeconds: 0, launchedAtSeconds: 0 }] });
    const hold = (waitingWeight: number) =>
      makePolicy("break-even", { waitingWeight }).release.hold(pool, 0).untilSeconds;
    expect([hold(1), hold(11)]).toEqual([600, 3600]);
  });

  test("what is advised knows the same worth of waiting", () => {
    const advised = (waitingWeight: number) => {
      const policy = makePolicy("aura", { mode: "advise", dailyWarmUsd: 100, waitingWeight });
      const pool = poolView({ costs: weighing(0) });
      for (const port of [policy.release, policy.warm]) if (port) tell(port, pool, everyWeekday(9, 12));
      return decide({ ...pool, nowSeconds: 14 * day + 9 * 3600 - 300 }, policy).map(({ reason }) => reason.code);
    };
    expect([advised(0), advised(10)]).toEqual([[], ["warm-recurring"]]);
  });

  test("a mode that is off leaves nothing learned to act", () => {
    const policy = makePolicy("aura", { mode: "off" }) as GuardedPolicy;
    expect(policy.acting()).toBe(false);
    expect(policy.warm?.warm(poolView())).toBeUndefined();
  });
});

function failureOf(name: string): Failure {
  try {
    makePolicy(name);
  } catch (error) {
    if (error instanceof Failure) return error;
  }
  throw new Error("it was made");
}
