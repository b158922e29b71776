import type { Saveable } from "./forecaster.ts";
import { saveable } from "./memory.ts";

export interface BudgetLevelOptions {
  /** Share of demand that may go unserved in the long run, such as 0.01. */
  readonly unserved: number;
  /** Level to begin with; by default 1 − 10 · `unserved`, as a tenth of a bin's demand is missing when some is. */
  readonly start?: number | undefined;
  /** How fast the level follows; 0.005 by default. */
  readonly step?: number | undefined;
}

/** Which quantile to provide for, so that the share of demand that goes unserved is the budget and no more is provided. */
export interface BudgetLevel extends Saveable {
  /** What was wanted in a bin, and what was there for it. */
  observe(demand: number, capacity: number): void;
  level(): number;
}

/** A quiet time earns no credit below this: what follows may be another time. */
const lowest = (unserved: number) => Math.max(0.5, 1 - 15 * unserved);
/** Nor is more than 49 too many given for one too few (fewer for tight budgets): some bursts no budget is kept in. */
const highest = (unserved: number) => Math.max(0.98, 1 - 2 * unserved);
/** Part of the budget that is aimed at: what a bin left unserved is known only when it is over. */
const aim = 0.95;
/** A bin out of line counts as so many mean ones at most. */
const most = 10;
/** Share of a bin in mean demand. */
const meanShare = 0.01;
const depth = (p: number) => -Math.log(1 - p);

/**
 * One level for all bins of a time wastes least for what is left unserved: it is where a node more costs everywhere the
 * same. So it moves slowly: by what each bin left unserved over its budget, on a scale on which tails are straight.
 */
export function budgetLevel(options: BudgetLevelOptions): BudgetLevel {
  const { unserved, start = Math.max(0.5, 1 - 10 * unserved), step = 0.005 } = options;
  const [least, greatest] = [depth(lowest(unserved)), depth(highest(unserved))];
  const memory = { depth: depth(start), mean: Number.NaN };
  return {
    observe: (demand, capacity) => {
      if (!(demand >= 0 && capacity >= 0)) return;
      memory.mean = Number.isNaN(memory.mean) ? demand : memory.mean + meanShare * (demand - memory.mean);
      const short = Math.min(Math.max(0, demand - capacity), most * memory.mean);
      const off = (short / (aim * unserved) - Math.min(demand, most * memory.mean)) / Math.max(memory.mean, 1e-9);
      memory.depth = Math.min(greatest, Math.max(least, memory.depth + step * off));
    },
    level: () => 1 - Math.exp(-memory.depth),
    ...saveable(`budget-${unserved}`, 1, memory),
  };
}
