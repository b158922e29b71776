import { describe, expect, test } from "vitest";

import { breakEvenSeconds, coldStartUsd, MeasuredCosts } from "../../src/policy/costs.ts";
import { costs, poolView } from "./release/one-level.ts";

describe("what a cold start costs", () => {
  test("break-even follows the published formula", () => {
    expect(breakEvenSeconds(costs)).toBe(600);
    expect(breakEvenSeconds({ ...costs, waitingWeight: 5 })).toBe(1800);
    expect(breakEvenSeconds({ ...costs, waitingWeight: 11 })).toBe(3600);
    expect(breakEvenSeconds({ ...costs, loadSeconds: 60, restartUsd: 0.5 })).toBe(720 + 1800);
    expect(coldStartUsd(costs)).toBeCloseTo(600 / 3600, 12);
  });

  test("refused launches make it dearer", () => {
    expect(breakEvenSeconds(costs, { share: 0.5, retrySeconds: 600 })).toBe(1200);
  });

  test("a free node has no restart price", () => {
    expect(breakEvenSeconds({ ...costs, usdPerHour: 0, restartUsd: 1 })).toBe(600);
  });

  test("measured launches move the break-even", () => {
    const measured = new MeasuredCosts();
    const pool = poolView();
    for (let launch = 0; launch < 200; launch += 1) measured.observe(pool, { type: "launched", seconds: 120 });
    expect(measured.breakEvenSeconds(pool)).toBeGreaterThan(220);
    expect(measured.breakEvenSeconds(pool)).toBeLessThan(270);
    expect(measured.breakEvenSeconds(poolView({ tenant: "another" }))).toBe(600);
  });

  test("what was measured outlives a restart", () => {
    const [before, after] = [new MeasuredCosts(), new MeasuredCosts()];
    const pool = poolView();
    for (const seconds of [100, 900, 250]) before.observe(pool, { type: "launched", seconds });
    before.observe(pool, { type: "refused" });
    after.restore(JSON.parse(JSON.stringify(before.save())));
    expect(after.breakEvenSeconds(pool)).toBe(before.breakEvenSeconds(pool));
  });
});
