import type { Source } from "../../../catalog/instance-type.ts";
import { instanceType } from "../../../catalog/instance-types.ts";
import { onDemandPrice, spotPrice } from "../../../catalog/prices.ts";
import type { NodeFacts, NodePrice } from "../../../lifecycle/target.ts";

/**
 * What an EC2 instance costs by the catalog, in the region of its zone. Undefined for machines of other clouds, types
 * that the catalog does not have, and zones outside a region (local ones).
 */
export function catalogPrice({ instanceType: name, capacityType, zone }: NodeFacts): NodePrice | undefined {
  const region = /^([a-z]{2}(?:-[a-z]+)+-\d)[a-z]$/.exec(zone)?.[1];
  const type = instanceType(name);
  if (region === undefined || type === undefined) return undefined;
  const onDemand = onDemandPrice(region, type);
  const price = capacityType === "spot" ? spotPrice(region, type) : onDemand;
  if (price === undefined || onDemand === undefined) return undefined;
  return {
    usdPerHour: price.usdPerHour,
    onDemandUsdPerHour: onDemand.usdPerHour,
    estimated: isEstimate(price) || isEstimate(onDemand),
  };
}

function isEstimate({ source }: { readonly source: Source }): boolean {
  return source.estimate;
}
