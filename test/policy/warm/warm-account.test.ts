import { describe, expect, test } from "vitest";
import { warmAccount } from "../../../src/policy/warm/warm-account.ts";
import { day, poolJob, poolView, tell } from "./pool.ts";

const warmed = (nodes: number, untilSeconds: number) => ({ type: "warmed", nodes, untilSeconds }) as const;

describe("warmAccount", () => {
  test("the first day has no budget, the next 5 % of its bill", () => {
    const account = warmAccount();
    tell(account, poolView(), [{ at: 0, job: poolJob(0, { nodes: 2 }), seconds: 5 * 3600 }]);
    expect(account.leftUsd(poolView({ nowSeconds: day - 1 }))).toBe(0);
    expect(account.leftUsd(poolView({ nowSeconds: day }))).toBeCloseTo(0.5, 9);
    expect(account.leftUsd(poolView({ nowSeconds: 2 * day }))).toBe(0);
  });

  test("a job over midnight is paid for on both days", () => {
    const account = warmAccount({ share: 1 });
    tell(account, poolView(), [{ at: day - 3600, job: poolJob(0), seconds: 3 * 3600 }]);
    expect(account.leftUsd(poolView({ nowSeconds: day + 3 * 3600 }))).toBeCloseTo(1, 9);
    expect(account.leftUsd(poolView({ nowSeconds: 2 * day }))).toBeCloseTo(2, 9);
  });

  test("what is warmed is booked in full until a job takes it", () => {
    const account = warmAccount({ dailyUsd: 2 });
    account.observe(poolView(), warmed(2, 3600));
    expect(account.leftUsd(poolView())).toBe(0);
    account.observe(poolView({ nowSeconds: 1200 }), { type: "started", job: poolJob(1200) });
    expect(account.leftUsd(poolView({ nowSeconds: 1200 }))).toBeCloseTo(1 - 900 / 3600, 9);
    expect(account.leftUsd(poolView({ nowSeconds: day }))).toBe(2);
  });

  test("the share that nobody took is counted", () => {
    const account = warmAccount({ dailyUsd: 100 });
    expect(account.unusedShare(poolView())).toBe(1);
    account.observe(poolView(), warmed(8, 3600));
    account.observe(poolView({ nowSeconds: 600 }), { type: "started", job: poolJob(600, { nodes: 6 }) });
    account.observe(poolView({ nowSeconds: 4000 }), { type: "started", job: poolJob(4000) });
    expect(account.unusedShare(poolView({ nowSeconds: 4000 }))).toBeCloseTo((2 + 2) / (8 + 2), 9);
  });

  test("warm nodes that went are counted before a job comes", () => {
    const account = warmAccount({ dailyUsd: 100 });
    account.observe(poolView(), warmed(4, 3600));
    account.observe(poolView({ nowSeconds: 600 }), { type: "started", job: poolJob(600, { nodes: 3 }) });
    expect(account.unusedShare(poolView({ nowSeconds: 3599 }))).toBeCloseTo(2 / 5, 9);
    expect(account.unusedShare(poolView({ nowSeconds: 3600 }))).toBeCloseTo(3 / 6, 9);
  });

  test("what yesterday paid for earns nothing today", () => {
    const account = warmAccount({ dailyUsd: 2 });
    account.observe(poolView({ nowSeconds: day - 60 }), warmed(2, day + 3540));
    account.observe(poolView({ nowSeconds: day + 60 }), warmed(1, day + 3660));
    const pool = poolView({ nowSeconds: day + 120 });
    account.observe(pool, { type: "started", job: poolJob(day + 120, { nodes: 2 }) });
    expect(account.leftUsd(pool)).toBeCloseTo(1, 9);
  });

  test("a clock that goes back does not refill the budget", () => {
    const account = warmAccount({ dailyUsd: 1 });
    account.observe(poolView({ nowSeconds: day + 10 }), warmed(1, day + 3610));
    expect(account.leftUsd(poolView({ nowSeconds: day - 10 }))).toBe(0);
    expect(account.leftUsd(poolView({ nowSeconds: day + 20 }))).toBe(0);
  });

  test("jobs that share a node are one node's bill", () => {
    const account = warmAccount({ share: 1 });
    const quarter = { at: 0, job: poolJob(0, { gpus: 0.25 }), seconds: 3600 };
    tell(account, poolView(), [quarter, quarter, quarter, quarter]);
    expect(account.leftUsd(poolView({ nowSeconds: day }))).toBeCloseTo(1, 9);
  });

  test("goes on after a restart as if nothing happened", () => {
    const [account, restored] = [warmAccount({ share: 1 }), warmAccount({ share: 1 })];
    const jobs = [0, 7200, 9000].map((at) => ({ at, job: poolJob(at), seconds: 3000 }));
    tell(account, poolView(), jobs);
    account.observe(poolView({ nowSeconds: day + 100 }), warmed(1, day + 1900));
    restored.restore(JSON.parse(JSON.stringify(account.save())));
    for (const each of [account, restored]) {
      each.observe(poolView({ id: each === account ? 0 : 5, nowSeconds: day + 600 }), {
        type: "started",
        job: poolJob(day + 600),
      });
    }
    const of = (each: typeof account) =>
      [day + 600, 2 * day].map((nowSeconds) => {
        const pool = poolView({ nowSeconds });
        return [each.leftUsd(pool), each.unusedShare(pool)];
      });
    expect(of(restored)).toEqual(of(account));
    expect(restored.leftUsd(poolView({ nowSeconds: 2 * day }))).toBeGreaterThan(0);
  });
});
