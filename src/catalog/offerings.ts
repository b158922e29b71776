import { carriedFamilies } from "./carried.ts";
import type { InstanceType, Offering } from "./instance-type.ts";
import { onDemandPrice, spotPrice } from "./prices.ts";

export { defaultZones, regions } from "./regions.ts";

/** What of the catalog to offer. */
export interface OfferingsOptions {
  readonly region: string;
  /** Zones by name; every type is taken to be in each of them. */
  readonly zones: readonly string[];
  /** Families by name, such as `g5`; default all. */
  readonly families?: readonly string[];
}

/**
 * What can be bought in a region: each type on demand and, where there is a market, on spot, in each zone, in the
 * catalog's order. Empty for an unknown region (`regions()` lists the known ones). Without us-east-1 price there is no
 * offering (p5e); p5e and p6 have no spot, they are sold as capacity blocks. Every spot price is an estimate.
 */
export function offerings({ region, zones, families }: OfferingsOptions): readonly Offering[] {
  const names = new Set(families ?? carriedFamilies().keys());
  return [...names].flatMap((family) =>
    (carriedFamilies().get(family) ?? []).flatMap(({ type }) => offeringsOf(type, region, zones)),
  );
}

function offeringsOf(instanceType: InstanceType, region: string, zones: readonly string[]): Offering[] {
  const onDemand = onDemandPrice(region, instanceType);
  const spot = spotPrice(region, instanceType);
  return zones.flatMap((zone): Offering[] => [
    ...(onDemand ? [{ instanceType, region, zone, capacityType: "on-demand" as const, ...onDemand }] : []),
    ...(spot ? [{ instanceType, region, zone, capacityType: "spot" as const, ...spot }] : []),
  ]);
}
