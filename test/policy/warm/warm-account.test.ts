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
});
