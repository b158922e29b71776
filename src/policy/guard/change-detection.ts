import * as v from "valibot";

import { amount, finite } from "../learned-state.ts";

/** Watches whether something has become worse than what it is compared to. */
export interface ChangeDetection {
  /** One case: what it cost and what the other would have cost. `part`: of a case that comes in several parts. */
  observe(cost: number, plainCost: number, part?: number): void;
  /** How far the sum is, in standard deviations; it trips at `tripAt`. */
  readonly sum: number;
  readonly tripped: boolean;
  reset(): void;
  save(): SavedChanges;
  restore(saved: SavedChanges): void;
}

export const savedChanges = v.strictObject({
  sum: amount,
  variance: amount,
  weight: amount,
  total: finite,
  cases: amount,
});
export type SavedChanges = v.InferOutput<typeof savedChanges>;

export const tripAt = 5;
/** Cases make a block, whose mean is near enough to normal for a bound in standard deviations. */
const blockCases = 32;
/** A shift of less than this is not looked for. */
const slack = 0.5;
/** Cases after which old ones weigh half. */
const halfLife = 500;
/** Parts add up to whole cases but for this. */
const rounding = 1e-6;

/**
 * A one-sided CUSUM (Page 1954) over blocks of 32 cases: the sum of how many standard errors each block's mean loss lies
 * above the plain one's, less half of one. At 5 a false alarm comes every 930 blocks, and a shift of one deviation is seen
 * within two.
 */
export function changeDetection(): ChangeDetection {
  let [sum, variance, weight] = [0, 0, 0];
  // Of the block so far.
  let [total, cases] = [0, 0];
  const decay = 2 ** (-1 / halfLife);
  const close = () => {
    const deviation = Math.sqrt(variance / weight);
    if (deviation > 0) sum = Math.max(0, sum + total / (deviation * Math.sqrt(cases)) - slack);
    [total, cases] = [0, 0];
  };
  return {
    observe: (cost, plainCost, part = 1) => {
      const excess = cost - plainCost;
      if (!Number.isFinite(excess)) return;
      const keep = decay ** part;
      [variance, weight] = [variance * keep + part * excess * excess, weight * keep + part];
      [total, cases] = [total + part * excess, cases + part];
      if (cases > blockCases - rounding) close();
    },
    get sum() {
      return sum;
    },
    get tripped() {
      return sum >= tripAt;
    },
    reset: () => {
      [sum, total, cases] = [0, 0, 0];
    },
    save: () => ({ sum, variance, weight, total, cases }),
    restore: (saved) => {
      ({ sum, variance, weight, total, cases } = saved);
    },
  };
}
