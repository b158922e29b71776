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
  const types = withoutExotic(bin.types, view);
  const priced = truncate(among(pricesIn(view, bin.slots), types, mostTypes), view, () =>
    among(pricesIn(view, bin.slots), types),
  );
  const offering = launched(bin, view, slots, Bits.of(priced.map(({ type }) => type)));
  if (offering === undefined) throw new Error(`claim of pool ${view.pool.name} has no type left`);
  const instanceTypes = priced.map((price) => price.offering.instanceType);
  const list: Requirement[] = [...requirementsIn(bin, view, slots)]
    .filter(([key]) => key !== labelKeys.instanceType && key !== labelKeys.pool)
    .flatMap(([key, set]) => toRequirements(key, set));
  list.push({ key: labelKeys.instanceType, operator: "In", values: instanceTypes.map(({ name }) => name) });
  const requests = bin.requests(columns);
  return { pool: view.pool.name, requirements: list, instanceTypes, offering, requests, pods: bin.pods.map(nameOf) };
}

/** What a type costs in some slots. */
interface Price {
  readonly type: number;
  readonly offering: Offering;
}

const prices = new WeakMap<Int32Array, Map<number, readonly Price[]>>();

/** Every type's cheapest offering in some slots that has capacity now, the cheaper first; sorted once a round. */
export function pricesIn({ universe, available }: PoolView, slots: number): readonly Price[] {
  const known = prices.get(available) ?? new Map<number, readonly Price[]>();
  prices.set(available, known);
  let list = known.get(slots);
  if (list === undefined) {
    list = universe.types
      .flatMap((_, type) => {
        const offering = cheapestIn(universe, type, slots & (available[type] ?? 0));
        return offering === undefined ? [] : [{ type, offering }];
      })
      .sort((a, b) => byPrice(a.offering, b.offering));
    known.set(slots, list);
  }
  return list;
}

function among(list: readonly Price[], types: Bits, most = list.length): Price[] {
  const result: Price[] = [];
  for (const price of list) {
    if (!types.has(price.type)) continue;
    result.push(price);
    if (result.length === most) break;
  }
  return result;
}

/** The cheapest offering of the first capacity type that there is any of. */
function launched({ slots }: Bin, view: PoolView, { all }: Slots, types: Bits): Offering | undefined {
  for (const wanted of capacityOrder) {
    const mask = all.reduce((sum, { capacityType }, slot) => (capacityType === wanted ? sum | (1 << slot) : sum), 0);
    const found = (slots & mask) === 0 ? undefined : pricesIn(view, slots & mask).find(({ type }) => types.has(type));
    if (found !== undefined) return found.offering;
  }
  return undefined;
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

/** The cheapest 60, or all where the pool's minValues need more (Karpenter's InstanceTypes.Truncate fails instead). */
function truncate(kept: readonly Price[], view: PoolView, all: () => readonly Price[]): readonly Price[] {
  if (!view.hasMinValues) return kept;
  return lackingValues(view, Bits.of(kept.map(({ type }) => type))) === undefined ? kept : all();
}

/** The cheaper first; at the same price by name, for the same plan every time. */
function byPrice(a: Offering, b: Offering): number {
  return a.usdPerHour - b.usdPerHour || (a.instanceType.name < b.instanceType.name ? -1 : 1);
}

const generics = new WeakMap<Universe, Bits>();

/** GPU and metal types go when a generic one is left, unless the pool's minValues count them. */
export function withoutExotic(types: Bits, { universe, hasMinValues }: PoolView): Bits {
  if (hasMinValues) return types;
  const isGeneric = (type: number) => {
    const { gpu, size = "" } = universe.types[type] ?? {};
    return gpu === undefined && !size.startsWith("metal");
  };
  const generic = generics.get(universe) ?? Bits.of([...universe.types.keys()].filter(isGeneric));
  generics.set(universe, generic);
  const left = types.and(generic);
  return left.isEmpty() ? types : left;
}
