import { describe, expect, test } from "vitest";

import { seededRandom } from "../../src/kernel/random.ts";
import { makePolicy } from "../../src/policy/policies.ts";
import type { LearnedState, Policy } from "../../src/policy/policy.ts";
import type { PoolEvent } from "../../src/policy/pool.ts";
import { day, poolJob, poolView } from "./warm/pool.ts";

/** Two tenants who come in sessions, each with one node at a time, over a week and more. */
const random = seededRandom(17);
const jobs = ["ann", "bob"].flatMap((tenant, user) => {
  let at = 600 * user;
  return Array.from({ length: 500 }, () => {
    at += 100 + (random.next() < 0.2 ? 12_000 : 900) * random.next();
    const job = { tenant, user, at, seconds: 60 + 600 * random.next() };
    at += job.seconds;
    return job;
  });
});
const order = jobs.sort((a, b) => a.at - b.at);

/** Whoever keeps pools tells of these jobs, and asks; what is answered. `ids` are the numbers it has given. */
function play(policy: Policy, part: typeof jobs, ids: Readonly<Record<string, number>>): unknown[] {
  return part.map(({ tenant, user, at, seconds }) => {
    const pool = poolView({ id: ids[tenant] ?? 0, tenant, nowSeconds: at });
    const job = poolJob(at, { user });
    const tell = (nowSeconds: number, event: PoolEvent, busy: number) => {
      const idle = busy > 0 ? [] : [{ node: user, idleSinceSeconds: nowSeconds, launchedAtSeconds: 0 }];
      const view = { ...pool, nowSeconds, busy, idle };
      policy.release.observe?.(view, event);
      policy.warm?.observe?.(view, event);
      return view;
    };
    tell(at, { type: "arrived", job }, 0);
    const running = tell(at, { type: "started", job }, 1);
    const warm = policy.warm?.warm(running);
    const over = tell(at + seconds, { type: "ended", job: { ...job, endSeconds: at + seconds, status: 1 } }, 0);
    const hold = policy.release.hold(over, 0);
    return [hold.untilSeconds - at, hold.reason.text(), warm?.nodes, warm?.untilSeconds, warm?.reason.text()];
  });
}

const json = (state: LearnedState | undefined): LearnedState => JSON.parse(JSON.stringify(state));

describe.each(["aura", "aura-interactive", "aura-release", "follow-the-leader"])("%s", (name) => {
  const make = () => makePolicy(name, { waitingWeight: 10, dailyWarmUsd: 20, trialDays: name === "aura" ? 3 : 0 });

  test("goes on after a restart as if nothing happened", () => {
    const [policy, restored] = [make(), make()];
    play(policy, order.slice(0, 600), { ann: 0, bob: 1 });
    restored.release.restore?.(json(policy.release.save?.()));
    if (policy.warm !== undefined) restored.warm?.restore?.(json(policy.warm.save?.()));
    const expected = play(policy, order.slice(600), { ann: 0, bob: 1 });
    expect(play(restored, order.slice(600), { ann: 1, bob: 0 })).toEqual(expected);
    expect(play(make(), order.slice(600), { ann: 1, bob: 0 })).not.toEqual(expected);
  });

  test("refuses what another policy has learned", () => {
    const foreign = { policy: "someone else's", version: 1, pools: {} };
    expect(() => make().release.restore?.(foreign)).toThrow(expect.objectContaining({ code: "FILE_INVALID" }));
  });
});

test("what is played is long enough to learn from", () => {
  expect(order.at(-1)?.at).toBeGreaterThan(3 * day);
});
