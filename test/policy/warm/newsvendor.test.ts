import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../src/kernel/random.ts";
import { criticalRatio, nodesWorthWarming } from "../../../src/policy/warm/newsvendor.ts";
import { weighing } from "./pool.ts";

describe("criticalRatio", () => {
  test.each([
    [1, 0.25],
    [3, 0.5],
    [10, 0.77],
    [30, 0.91],
    [0, 0],
  ])("a waiting weight of %i is ready for a share of %d", (weight, ratio) => {
    expect(criticalRatio(weighing(weight), { holdSeconds: 600, unusedShare: 1 })).toBeCloseTo(ratio, 2);
  });

  test("nodes that are mostly used are warmed sooner", () => {
    const ratio = (unusedShare: number) => criticalRatio(weighing(1), { holdSeconds: 600, unusedShare });
    expect(ratio(0)).toBeCloseTo(1 / 3, 9);
    expect(ratio(0)).toBeGreaterThan(ratio(1));
  });
});

describe("nodesWorthWarming", () => {
  test("the marginal rule is the quantile of demand", () => {
    const random = seededRandom(3);
    for (let round = 0; round < 200; round += 1) {
      const demand = Array.from({ length: 25 }, () => Math.floor(random.next() ** 3 * 12)).sort((a, b) => a - b);
      const ratio = random.next() * 0.98 + 0.011;
      const reaches = (nodes: number) => demand.filter((each) => each >= nodes).length / demand.length;
      const quantile = demand[Math.ceil(ratio * demand.length - 1e-9) - 1];
      expect(nodesWorthWarming(reaches, ratio, { gang: 1, most: 100 })).toBe(quantile);
    }
  });

  test("gangs are warmed whole or not at all", () => {
    const reaches = (nodes: number) => (nodes <= 8 ? 0.9 : 0);
    expect(nodesWorthWarming(reaches, 0.5, { gang: 4, most: 7 })).toBe(4);
    expect(nodesWorthWarming(reaches, 0.5, { gang: 4, most: 3 })).toBe(0);
    expect(nodesWorthWarming(reaches, 0.5, { gang: 4, most: 32 })).toBe(8);
  });

  test("a weight of nothing warms nothing, however sure demand is", () => {
    expect(nodesWorthWarming(() => 1, 0, { gang: 1, most: 9 })).toBe(0);
  });
});
