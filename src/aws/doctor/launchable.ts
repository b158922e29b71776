import type { InstanceType } from "../../catalog/instance-type.ts";
import type { Pool } from "../../spec/environment.ts";
import type { Offered } from "./offered.ts";
import { typesOf } from "./pool-types.ts";

/** The types of a pool that one of the zones offers. */
export function launchableTypes(pool: Pool, zones: readonly string[], offered: Offered): readonly InstanceType[] {
  return typesOf(pool).filter(({ name }) => zones.some((zone) => offered.get(name)?.has(zone)));
}
