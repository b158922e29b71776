import type { Saveable } from "./forecaster.ts";
import { saveable } from "./memory.ts";

/**
 * Asks for other levels than those wanted, so that the wanted share of cases stays under (Gibbs & Candès 2021): after T
 * cases the share is off by at most (max(p, 1 − p) + step) / (T · step), whatever the data, as long as the quantile at
 * level 1 is above everything and the one at 0 below. Near 1 steps are smaller, a tenth of 1 − p: otherwise one miss in
 * a hundred would ask for the level 1.
 */
export interface LevelTracker extends Saveable {
  /** Takes whether the outcome stayed under the bound for the level at this index. */
  observe(index: number, covered: boolean): void;
  /** The level to ask for to get the level at this index; may be below 0 or above 1. */
  asked(index: number): number;
}

const tailStep = 0.1;

export function levelTracker(levels: readonly number[], step: number): LevelTracker {
  const memory = { asked: Float64Array.from(levels) };
  const { asked } = memory;
  return {
    observe: (index, covered) => {
      const level = levels[index] as number;
      asked[index] = (asked[index] as number) + Math.min(step, tailStep * (1 - level)) * (level - (covered ? 1 : 0));
    },
    asked: (index) => asked[index] as number,
    ...saveable("level-tracker", 1, memory),
  };
}
