import type { Offering } from "../../catalog/instance-type.ts";

/**
 * Share of spot instances that are interrupted in a month, by the advisor's band: the middle of each, and of `over 20 %`,
 * which has none, 25 % (assumed).
 */
const monthlyShare = [0.025, 0.075, 0.125, 0.175, 0.25] as const;
const secondsPerMonth = 730 * 3600;

/** How often an instance of this offering is interrupted, as a constant hazard; 0 on demand. */
export function interruptionsPerSecond({ capacityType, interruptionBand }: Offering): number {
  if (capacityType !== "spot") return 0;
  return -Math.log(1 - (monthlyShare[interruptionBand ?? 4] ?? 0.25)) / secondsPerMonth;
}
