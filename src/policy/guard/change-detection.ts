import * as v from "valibot";

import { amount, finite } from "../learned-state.ts";

/** Watches whether something has become worse than what it is compared to. */
export interface ChangeDetection {
  /** One case: what it cost and what the other would have cost. */
  observe(cost: number, plainCost: number): void;
  /** How far the sum is, in standard deviations; it trips at `tripAt`. */
  readonly sum: number;
  readonly tripped: boolean;
  reset(): void;
  save(): SavedChanges;
  restore(saved: SavedChanges): void;
}

export const savedChanges = v.strictObject({ sum: amount, variance: amount, weight: amount, block: v.array(finite) });
export type SavedChanges = v.InferOutput<typeof savedChanges>;

export const tripAt = 5;
/** Cases make a block, whose mean is near enough to normal for a bound in standard deviations. */
const blockCases = 32;
/** A shift of less than this is not looked for. */
const slack = 0.5;
/** Cases after which old ones weigh half. */
const halfLife = 500;

/**
 * A one-sided CUSUM (Page 1954) over blocks of 32 cases: the sum of how many standard errors each block's mean loss lies
 * above the plain one's, less half of one. At 5 a false alarm comes every 930 blocks, and a shift of one deviation is seen
 * within two.
 */
export function changeDetection(): ChangeDetection {
  let [sum, variance, weight] = [0, 0, 0];
  let block: number[] = [];
  const decay = 2 ** (-1 / halfLife);
  const close = () => {
    const deviation = Math.sqrt(variance / weight);
    const mean = block.reduce((total, each) => total + each, 0) / block.length;
    if (deviation > 0) sum = Math.max(0, sum + (mean / deviation) * Math.sqrt(block.length) - slack);
    block = [];
  };
  return {
    observe: (cost, plainCost) => {
      const excess = cost - plainCost;
      if (!Number.isFinite(excess)) return;
      [variance, weight] = [variance * decay + excess * excess, weight * decay + 1];
      block.push(excess);
      if (block.length === blockCases) close();
    },
    get sum() {
      return sum;
    },
    get tripped() {
      return sum >= tripAt;
    },
    reset: () => {
      sum = 0;
      block = [];
    },
    save: () => ({ sum, variance, weight, block: [...block] }),
    restore: (saved) => {
      [sum, variance, weight, block] = [saved.sum, saved.variance, saved.weight, saved.block.slice(0, blockCases - 1)];
    },
  };
}
