import type { Offering } from "../catalog/instance-type.ts";
import type { Bin } from "./bin.ts";
import { Bits } from "./bits.ts";
import type { Columns } from "./columns.ts";
import { labelKeys } from "./instance-labels.ts";
import { lackingValues } from "./min-values.ts";
import type { PoolView } from "./pool-view.ts";
import { merge, type Requirements, requirementsOf, toRequirements } from "./requirements.ts";
import type { Slots } from "./slots.ts";
import type { PlannedClaim, Requirement } from "./types.ts";
import { cheapestIn, type Universe } from "./universe.ts";

/** As many types as Karpenter's AWS provider sends in one CreateFleet. */
const mostTypes = 60;
/** What is launched where several are allowed (Karpenter's AWS provider, instance.go getCapacityType). */
const capacityOrder: readonly string[] = ["reserved", "spot", "on-demand"];

/** A planned claim as it is written: types by price, exotic ones only where there is no other. */
export function finishClaim(bin: Bin, view: PoolView, columns: Columns, slots: Slots): PlannedClaim {
  const { universe, available, pool } = view;
  const cheapest = new Map<number, Offering>();
  const capacityType = launchedCapacityType(bin, view, slots);
  const mask = bin.slots & capacityMask(slots, capacityType);
  const launched: Offering[] = [];
  for (const type of withoutExotic(bin, view)) {
    const offering = cheapestIn(universe, type, bin.slots & (available[type] ?? 0));
    if (offering !== undefined) cheapest.set(type, offering);
    const own = cheapestIn(universe, type, mask & (available[type] ?? 0));
    if (own !== undefined) launched.push(own);
  }
  const priced = truncate([...cheapest.values()].sort(byPrice), view);
  const kept = new Set(priced.map(({ instanceType }) => instanceType));
  const [offering] = launched.filter(({ instanceType }) => kept.has(instanceType)).sort(byPrice);
  if (offering === undefined) throw new Error(`claim of pool ${pool.name} has no type left`);
  const instanceTypes = priced.map(({ instanceType }) => instanceType);
  const list: Requirement[] = [...requirementsIn(bin, view, slots)]
    .filter(([key]) => key !== labelKeys.instanceType && key !== labelKeys.pool)
    .flatMap(([key, set]) => toRequirements(key, set));
  list.push({ key: labelKeys.instanceType, operator: "In", values: instanceTypes.map(({ name }) => name) });
  const requests = bin.requests(columns);
  return { pool: pool.name, requirements: list, instanceTypes, offering, requests, pods: bin.pods.map(nameOf) };
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

/** Of the pool and of the pods together, and the domains that topologies chose. */
function requirementsIn({ parts, isNarrowed, slots: mask }: Bin, view: PoolView, slots: Slots): Requirements {
  let requirements = view.requirements;
  for (const { requirements: wanted } of parts) requirements = merge(requirements, wanted);
  if (!isNarrowed) return requirements;
  const chosen = [labelKeys.zone, labelKeys.capacityType].map((key): Requirement => {
    const domains = slots.domains(key);
    const own = slots.domainMask(key, mask);
    return { key, operator: "In", values: domains.filter((_, domain) => (own & (1 << domain)) !== 0) };
  });
  return merge(requirements, requirementsOf(chosen));
}

function launchedCapacityType(bin: Bin, { available, universe }: PoolView, slots: Slots): string {
  let reachable = 0;
  for (const type of withoutExoticIn(universe, bin.types)) reachable |= available[type] ?? 0;
  const types = slots.all.filter((_, slot) => (reachable & bin.slots & (1 << slot)) !== 0);
  return capacityOrder.find((name) => types.some(({ capacityType }) => capacityType === name)) ?? "";
}

function capacityMask({ all }: Slots, wanted: string): number {
  return all.reduce((mask, { capacityType }, slot) => (capacityType === wanted ? mask | (1 << slot) : mask), 0);
}

/** The cheapest 60, or more where the pool's minValues need them (Karpenter's InstanceTypes.Truncate fails instead). */
function truncate(priced: readonly Offering[], view: PoolView): readonly Offering[] {
  const kept = priced.slice(0, mostTypes);
  if (!view.hasMinValues) return kept;
  const numbers = new Map(view.universe.types.map((type, index) => [type, index]));
  const bits = Bits.of(kept.map(({ instanceType }) => numbers.get(instanceType) ?? 0));
  return lackingValues(view, bits) === undefined ? kept : priced;
}

/** The cheaper first; at the same price by name, for the same plan every time. */
function byPrice(a: Offering, b: Offering): number {
  return a.usdPerHour - b.usdPerHour || (a.instanceType.name < b.instanceType.name ? -1 : 1);
}

/** GPU and metal types go when a generic one is left, unless the pool's minValues count them. */
function withoutExotic({ types }: Bin, { universe, hasMinValues }: PoolView): readonly number[] {
  return hasMinValues ? types.members() : withoutExoticIn(universe, types);
}

function withoutExoticIn(universe: Universe, types: Bits): readonly number[] {
  const all = types.members();
  const generic = all.filter((type) => {
    const { gpu, size } = universe.types[type] ?? {};
    return gpu === undefined && !size?.startsWith("metal");
  });
  return generic.length > 0 ? generic : all;
}
