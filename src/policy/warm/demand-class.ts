import type { PoolCosts } from "../pool.ts";

/** What kind of demand a pool serves: how much a cold start hurts, and what readiness is measured by. */
export type DemandClass = "batch" | "interactive" | "serving";

/** A second of a person's waiting is worth ten of a node's price or more. */
const interactiveWeight = 10;
/** What runs for a day and more, mostly until it is stopped, serves. */
const servingSeconds = 86_400;
const least = 5;

/** What a pool's jobs are like so far. */
export interface Behaviour {
  /** Jobs that ended. */
  readonly ended: number;
  /** Of these, those that ran for a day or more and did not fail. */
  readonly longLived: number;
}

/** Whether waiting is worth so little that a pool is batch, whatever its jobs are like. */
export const isBatch = ({ waitingWeight }: PoolCosts): boolean => waitingWeight < interactiveWeight;

/** Serving where half of what ended ran for a day or more and waiting is dear; by the worth of waiting otherwise. */
export function demandClass(costs: PoolCosts, { ended, longLived }: Behaviour): DemandClass {
  if (isBatch(costs)) return "batch";
  return ended >= least && longLived * 2 >= ended ? "serving" : "interactive";
}

export const isLongLived = (seconds: number): boolean => seconds >= servingSeconds;
