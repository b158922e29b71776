import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../src/kernel/random.ts";
import { changeDetection } from "../../../src/policy/guard/change-detection.ts";

/** Cases until it trips, at most so many. */
function casesUntilTripped(mean: number, most: number, seed: number): number {
  const [random, changes] = [seededRandom(seed), changeDetection()];
  for (let cases = 1; cases <= most; cases += 1) {
    changes.observe(random.normal(1 + mean, 1), 1);
    if (changes.tripped) return cases;
  }
  return Number.POSITIVE_INFINITY;
}

describe("changeDetection", () => {
  test("equals trip next to never", () => {
    const trips = Array.from({ length: 40 }, (_, seed) => casesUntilTripped(0, 5000, seed));
    expect(trips.filter(Number.isFinite).length).toBeLessThanOrEqual(10);
  });

  test("parts of a case count as one", () => {
    const [whole, parts] = [changeDetection(), changeDetection()];
    for (let cases = 0; cases < 320; cases += 1) {
      whole.observe(cases % 3, 0);
      for (let part = 0; part < 10; part += 1) parts.observe(cases % 3, 0, 0.1);
    }
    expect(whole.sum).toBeGreaterThan(1);
    expect(parts.sum).toBeCloseTo(whole.sum, 1);
  });

  test("what is better never trips", () => {
    const trips = Array.from({ length: 20 }, (_, seed) => casesUntilTripped(-0.2, 5000, seed));
    expect(trips.every((cases) => cases === Number.POSITIVE_INFINITY)).toBe(true);
  });

  test("what becomes worse trips within a few blocks", () => {
    const trips = Array.from({ length: 20 }, (_, seed) => casesUntilTripped(1, 5000, seed));
    expect(Math.max(...trips)).toBeLessThanOrEqual(8 * 32);
  });

  test("equal costs and missing ones are no evidence", () => {
    const changes = changeDetection();
    for (let index = 0; index < 1000; index += 1) changes.observe(index % 2 === 0 ? 3 : Number.NaN, 3);
    expect(changes.sum).toBe(0);
  });
});
