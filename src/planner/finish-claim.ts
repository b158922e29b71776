import type { Offering } from "../catalog/instance-type.ts";
import type { Claim } from "./claim.ts";
import { labelKeys } from "./instance-labels.ts";
import { toRequirements } from "./requirements.ts";
import type { PlannedClaim, Requirement } from "./types.ts";
import { cheapestIn, type Universe } from "./universe.ts";

/** As many types as Karpenter's AWS provider sends in one CreateFleet. */
const mostTypes = 60;

/** A planned claim as it is written: types by price, exotic ones only where there is no other. */
export function finishClaim({ view, requirements, requests, types, mask, pods }: Claim): PlannedClaim {
  const { universe, available, pool } = view;
  const priced = withoutExotic(universe, types)
    .flatMap((type) => cheapestIn(universe, type, mask & (available[type] ?? 0)) ?? [])
    .sort(byPrice)
    .slice(0, mostTypes);
  const [offering] = priced;
  if (offering === undefined) throw new Error(`claim of pool ${pool.name} has no type left`);
  const instanceTypes = priced.map(({ instanceType }) => instanceType);
  const list: Requirement[] = [...requirements]
    .filter(([key]) => key !== labelKeys.instanceType && key !== labelKeys.pool)
    .flatMap(([key, set]) => toRequirements(key, set));
  list.push({ key: labelKeys.instanceType, operator: "In", values: instanceTypes.map(({ name }) => name) });
  return { pool: pool.name, requirements: list, instanceTypes, offering, requests, pods };
}

/** The cheaper first; at the same price by name, for the same plan every time. */
function byPrice(a: Offering, b: Offering): number {
  return a.usdPerHour - b.usdPerHour || (a.instanceType.name < b.instanceType.name ? -1 : 1);
}

/** GPU and metal types go when a generic one is left: nobody should get a GPU without asking. */
function withoutExotic(universe: Universe, types: readonly number[]): readonly number[] {
  const generic = types.filter((type) => {
    const { gpu, size } = universe.types[type] ?? {};
    return gpu === undefined && !size?.startsWith("metal");
  });
  return generic.length > 0 ? generic : types;
}
