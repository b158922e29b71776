import { describe, expect, test } from "vitest";
import { waitOrBoot } from "../../../src/policy/where/wait-or-boot.ts";

const costs = { usdPerHour: 1, launchSeconds: 300, loadSeconds: 0, waitingWeight: 1, restartUsd: 0 };
const freeAt = (at: number) => (seconds: number) => (seconds < at ? 1 : 0);
const exponential = (mean: number) => (seconds: number) => Math.exp(-seconds / mean);

describe("waitOrBoot", () => {
  test("a node that is free soon is waited for", () => {
    const { waitSeconds, cost, reason } = waitOrBoot([freeAt(100)], costs);
    expect(waitSeconds).toBeGreaterThanOrEqual(100);
    expect(cost).toBeCloseTo(100, -1);
    expect(reason.text()).toMatch(/^p = 1.00 that one of the 1 busy nodes is free within \d+/);
  });

  test("a node that is busy for long is not waited for", () => {
    expect(waitOrBoot([freeAt(700)], costs)).toMatchObject({ waitSeconds: 0, cost: 600 });
    expect(waitOrBoot([], costs)).toMatchObject({ waitSeconds: 0, cost: 600 });
  });

  test("dear waiting boots where cheap waiting waits", () => {
    const wait = (waitingWeight: number) => waitOrBoot([freeAt(500)], { ...costs, waitingWeight }).waitSeconds;
    expect(wait(0.2)).toBeGreaterThanOrEqual(500);
    expect(wait(10)).toBe(0);
  });

  test("many nodes make a short wait likely", () => {
    const several = (nodes: number) =>
      waitOrBoot(
        Array.from({ length: nodes }, () => exponential(3000)),
        costs,
      );
    expect(several(1).waitSeconds).toBe(0);
    expect(several(20).waitSeconds).toBeGreaterThan(0);
    expect(several(20).cost).toBeLessThan(several(20).bootCost);
  });

  test("the wait never exceeds ski rental's bound", () => {
    for (const weight of [0.2, 1, 10]) {
      const bound = (1 + 1 / weight) * 300;
      expect(waitOrBoot([exponential(50)], { ...costs, waitingWeight: weight }).waitSeconds).toBeLessThanOrEqual(bound);
    }
  });
});
