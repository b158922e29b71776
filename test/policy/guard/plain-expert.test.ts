import { describe, expect, test } from "vitest";
import { plainExpert } from "../../../src/policy/guard/plain-expert.ts";
import { poolJob, poolView, tell, weighing } from "../warm/pool.ts";

/** What it holds a node for that has just become idle, after jobs this many seconds apart. B is 600 s. */
function holdAfter(gap: number, jobs = 200): number {
  const policy = plainExpert();
  const base = poolView({ costs: weighing(1) });
  const starts = Array.from({ length: jobs }, (_, index) => index * (gap + 100));
  tell(
    policy,
    base,
    starts.map((at) => ({ at, job: poolJob(at), seconds: 100 })),
  );
  const nowSeconds = (starts.at(-1) ?? 0) + 100;
  return (
    policy.hold({ ...base, nowSeconds, idle: [{ node: 1, idleSinceSeconds: nowSeconds, launchedAtSeconds: 0 }] }, 0)
      .untilSeconds - nowSeconds
  );
}

describe("plainExpert", () => {
  test("gaps shorter than a cold start are held through", () => {
    expect(holdAfter(200)).toBeGreaterThanOrEqual(200);
    expect(holdAfter(200)).toBeLessThanOrEqual(400);
  });

  test("gaps longer than a cold start are not held at all", () => {
    expect(holdAfter(5000)).toBe(0);
  });

  test("without experience a hold stays within four cold starts", () => {
    expect(holdAfter(200, 1)).toBeLessThanOrEqual(2400);
  });
});
