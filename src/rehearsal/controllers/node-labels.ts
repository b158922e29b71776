import type { Offering } from "../../catalog/instance-type.ts";
import { instanceLabels, labelKeys } from "../../planner/instance-labels.ts";

/** Labels of a node bought as this offering. */
export function offeringLabels({ instanceType, zone, region, capacityType }: Offering): Record<string, string> {
  return {
    ...instanceLabels(instanceType),
    [labelKeys.zone]: zone,
    [labelKeys.region]: region,
    [labelKeys.capacityType]: capacityType,
  };
}

/** What the node costs, and what it would on demand: Aura's own annotations. */
export function priceAnnotations(offering: Offering, offerings: readonly Offering[]): Record<string, string> {
  const onDemand = offerings.find(
    ({ instanceType, zone, capacityType }) =>
      instanceType.name === offering.instanceType.name && zone === offering.zone && capacityType === "on-demand",
  );
  return {
    "aura.dev/usd-per-hour": String(offering.usdPerHour),
    ...(onDemand && { "aura.dev/on-demand-usd-per-hour": String(onDemand.usdPerHour) }),
    ...(offering.source.estimate && { "aura.dev/price-estimated": "true" }),
  };
}
