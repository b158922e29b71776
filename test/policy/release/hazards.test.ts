import { describe, expect, test } from "vitest";

import { seededRandom } from "../../../src/kernel/random.ts";
import { bucketCount, bucketOf, edges } from "../../../src/policy/release/gap-grid.ts";
import { bestHold, GapCounts } from "../../../src/policy/release/hazards.ts";

const breakEven = 600;
const costOf = (gaps: readonly number[], hold: number) =>
  gaps.reduce((sum, gap) => sum + (gap <= hold ? gap : hold + breakEven), 0);

/** Counts as the ledger does: survived bucket by bucket, then over. */
function counted(gaps: readonly number[], halfLife?: number): GapCounts {
  const counts = new GapCounts(halfLife);
  for (const gap of gaps) {
    for (let k = 0; k < bucketOf(gap); k += 1) counts.survived(k);
    counts.over(bucketOf(gap));
  }
  return counts;
}

function hazardsOf(counts: GapCounts): Float64Array {
  const hazards = new Float64Array(bucketCount);
  counts.shrink(hazards, 1e-9);
  return hazards;
}

describe("the grid", () => {
  test("puts each gap into its bucket", () => {
    for (const [k, edge] of edges.entries()) {
      if (k > 0) expect(bucketOf(edge)).toBe(k - 1);
      expect(bucketOf(edge + 1e-6)).toBe(k);
    }
    expect(bucketOf(0)).toBe(0);
    expect(bucketOf(Number.POSITIVE_INFINITY)).toBe(bucketCount);
  });
});

describe("the hold of least cost", () => {
  test("is the best timer for the gaps counted", () => {
    const random = seededRandom(31);
    for (let round = 0; round < 100; round += 1) {
      // In the buckets' middles, where the estimate of a bucket's mean is exact.
      const gaps = Array.from({ length: 30 }, () => {
        const k = random.integer(bucketCount);
        const [low = 0, high = 0] = [edges[k], edges[k + 1]];
        return low + 0.45 * (high - low);
      });
      const { hold } = bestHold(hazardsOf(counted(gaps)), breakEven, 0, 4 * breakEven);
      const best = Math.min(...edges.filter((edge) => edge <= 4 * breakEven).map((edge) => costOf(gaps, edge)));
      expect(costOf(gaps, hold)).toBeCloseTo(best, 5);
    }
  });

  test("looks past a lull in the hazard", () => {
    const gaps = [...Array(90).fill(100), ...Array(10).fill(9000)];
    const hazards = hazardsOf(counted(gaps));
    expect(bestHold(hazards, breakEven, 0, 2400).hold).toBe(120);
    expect(bestHold(hazards, breakEven, 90, 2400).hold).toBe(120);
    expect(bestHold(hazards, breakEven, 120, 2400).hold).toBe(120);
  });

  test("tells its cost and the chance of a return", () => {
    const hazards = hazardsOf(counted([...Array(75).fill(54), ...Array(25).fill(9000)]));
    const choice = bestHold(hazards, breakEven, 0, 2400);
    expect(choice.hold).toBe(60);
    expect(choice.returns).toBeCloseTo(0.75, 6);
    expect(choice.cost).toBeCloseTo(0.75 * (45 + 0.45 * 15) + 0.25 * (60 + breakEven), 4);
  });

  test("never goes beyond the longest", () => {
    const hazards = new Float64Array(bucketCount).fill(0.5);
    expect(bestHold(hazards, 1e9, 0, 500).hold).toBe(450);
  });
});

describe("counts of gaps", () => {
  test("shrink towards the more general ones", () => {
    const hazards = new Float64Array(bucketCount).fill(0.2);
    counted([1, 1, 1, 50_000]).shrink(hazards, 4);
    expect(hazards[0]).toBeCloseTo((3 + 4 * 0.2) / (4 + 4), 12);
    expect(hazards[1]).toBeCloseTo((4 * 0.2) / (1 + 4), 12);
  });

  test("forget by half-lives", () => {
    const [old, recent] = [Array(100).fill(1), Array(100).fill(50_000)];
    expect(hazardsOf(counted([...old, ...recent], 10))[0]).toBeLessThan(0.01);
    expect(hazardsOf(counted([...old, ...recent]))[0]).toBeCloseTo(0.5, 6);
  });

  test("parts of a gap count as one", () => {
    const [whole, parts] = [new GapCounts(10), new GapCounts(10)];
    for (const bucket of [3, 8, 5, bucketCount]) {
      whole.over(bucket);
      for (let part = 0; part < 4; part += 1) parts.over(bucket, 0.25);
    }
    const [expected, found] = [hazardsOf(whole), hazardsOf(parts)];
    for (let k = 0; k < bucketCount; k += 1) expect(found[k]).toBeCloseTo(expected[k] as number, 1);
    expect(parts.weight).toBeCloseTo(whole.weight, 9);
  });

  test("stay finite over a million gaps", () => {
    const counts = new GapCounts(5);
    for (let gap = 0; gap < 1e6; gap += 1) counts.over(gap % 2 === 0 ? 0 : bucketCount);
    expect(Number.isFinite(counts.ended[0])).toBe(true);
    expect(counts.weight).toBeLessThan(1e7);
  });
});
