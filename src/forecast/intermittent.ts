import { type Forecaster, isMeasured } from "./forecaster.ts";
import { saveable } from "./memory.ts";
import { sortedWindow } from "./sorted-window.ts";

/** Of Teunter, Syntetos and Babai: share of each bin in how likely demand is. */
const chanceShare = 0.05;
/** Demands remembered, for their sizes. */
const remembered = 64;

/**
 * Demand that is mostly absent (TSB): how likely a bin has any, and how much it is then. Unlike Croston's, the chance
 * falls while nothing comes, so that a pool that died is forgotten. Sizes are those of the last 64 bins with demand.
 */
export function intermittent(): Forecaster {
  const memory = { chance: Number.NaN, seen: 0 };
  const sizes = sortedWindow(remembered);
  return {
    name: "intermittent",
    observe: (demand) => {
      if (!isMeasured(demand)) return;
      const came = demand > 0 ? 1 : 0;
      memory.chance = Number.isNaN(memory.chance) ? came : memory.chance + chanceShare * (came - memory.chance);
      if (came === 0) return;
      memory.seen += 1;
      sizes.add(demand);
    },
    quantile: (p) => {
      if (Number.isNaN(memory.chance)) return Number.NaN;
      const among = (p - (1 - memory.chance)) / memory.chance;
      return among > 0 ? sizes.quantile(among) : 0;
    },
    evidence: () =>
      memory.seen > 0 ? `demand in ${(100 * memory.chance).toFixed(0)} % of the bins lately` : undefined,
    ...saveable("intermittent", 1, memory, [sizes]),
  };
}
