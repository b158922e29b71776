import { describe, expect, test } from "vitest";

import { seededRandom } from "../../../src/kernel/random.ts";
import { releaseBaselines } from "../../../src/policy/release/baselines.ts";
import { breakEven, costOfGaps, type Gap, poolView } from "./one-level.ts";

const policy = (name: string, seed?: number) => {
  const made = releaseBaselines[name]?.(seed);
  if (made === undefined) throw new Error(`no baseline ${name}`);
  return made;
};

/** Gaps of all sizes: the same seed, the same gaps. */
function anyGaps(seed: number, count = 40): Gap[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => ({ seconds: Math.exp(random.next() * 10) - 1 + 1e-9 }));
}

describe("what other tools do", () => {
  test("names are those of the factories", () => {
    for (const name of Object.keys(releaseBaselines)) expect(policy(name).name).toBe(name);
  });

  test.each([
    ["scale-to-zero", 0],
    ["karpenter-30s", 30],
    ["five-minutes", 300],
    ["cluster-autoscaler-10m", 600],
    ["one-hour", 3600],
    ["break-even", breakEven],
  ])("%s holds for %d s", (name, seconds) => {
    expect(costOfGaps(policy(name), [{ seconds: 50_000 }]).held).toEqual([seconds]);
  });

  test("break-even is never worse than twice the optimum", () => {
    for (let seed = 1; seed <= 50; seed += 1)
      expect(costOfGaps(policy("break-even"), anyGaps(seed)).ratio).toBeLessThanOrEqual(2);
  });

  test("randomized stays below e/(e - 1) in expectation", () => {
    for (const seconds of [30, 300, 600, 601, 5000]) {
      const ratios = Array.from(
        { length: 2000 },
        (_, seed) => costOfGaps(policy("randomized", seed), [{ seconds }]).ratio,
      );
      const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
      const variance = ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0) / (ratios.length - 1);
      expect(mean - 3 * Math.sqrt(variance / ratios.length)).toBeLessThanOrEqual(Math.E / (Math.E - 1));
    }
  });

  test("randomized gives the same answer again", () => {
    const pool = poolView({ nowSeconds: 100, idle: [{ node: 7, idleSinceSeconds: 100, launchedAtSeconds: 0 }] });
    const [one, other] = [policy("randomized", 3), policy("randomized", 4)];
    expect(one.hold(pool, 0).untilSeconds).toBe(one.hold(pool, 0).untilSeconds);
    expect(one.hold(pool, 0).untilSeconds).not.toBe(other.hold(pool, 0).untilSeconds);
  });

  test("hybrid histogram keeps regular gaps only", () => {
    const regular = costOfGaps(
      policy("hybrid-histogram"),
      Array.from({ length: 50 }, () => ({ seconds: 90 })),
    );
    expect(regular.held.at(-1)).toBe(Number.POSITIVE_INFINITY);
    const rare = costOfGaps(
      policy("hybrid-histogram"),
      Array.from({ length: 50 }, () => ({ seconds: 20_000 })),
    );
    expect(rare.held.at(0)).toBe(14_400);
    expect(rare.held.at(-1)).toBe(0);
  });
});
