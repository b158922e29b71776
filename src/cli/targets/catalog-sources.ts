import { priceBook } from "../../aws/prices/price-book.ts";
import { typesOfFamilies } from "../../catalog/instance-types.ts";
import type { Environment } from "../../spec/environment.ts";
import type { PriceSource } from "../../timeline/entries.ts";

/** What the catalog has the prices of an environment's pools from. */
export function catalogSources({ region, zones, pools }: Environment): readonly PriceSource[] {
  const instanceTypes = typesOfFamilies(pools.flatMap(({ families }) => families));
  return priceBook({ region, zones, instanceTypes }).sources;
}
