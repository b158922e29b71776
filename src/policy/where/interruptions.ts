import type { Offering } from "../../catalog/instance-type.ts";

const hoursInAMonth = 730.5;
/** The middle of each band of the spot advisor, as a share of instances that are interrupted within a month. */
const monthly = [0.025, 0.075, 0.125, 0.175, 0.25];

/**
 * How often a node of this offering is interrupted, in times per hour, from its band: a month that a share s of instances
 * does not survive is a rate of −ln(1 − s) per month. 0 on demand; the highest band where a spot offering has none.
 */
export function interruptionsPerHour({ capacityType, interruptionBand }: Offering): number {
  if (capacityType !== "spot") return 0;
  const share = monthly[interruptionBand ?? monthly.length - 1] ?? 0.25;
  return -Math.log(1 - share) / hoursInAMonth;
}
