import type { Offering } from "../catalog/instance-type.ts";
import { isTypeLabel, labelKeys } from "./instance-labels.ts";
import { type NodeStorage, storageCapacity } from "./node-storage.ts";
import { matches, merge, type Requirements, requirementsOf, requirementsOfLabels } from "./requirements.ts";
import { type Resources, subtract } from "./resources.ts";
import type { PlanPool } from "./types.ts";
import type { Slot, Universe } from "./universe.ts";

/** A pool against the catalog: what of it the pool's own requirements leave. */
export interface PoolView {
  readonly pool: PlanPool;
  readonly universe: Universe;
  /** Requirements and labels of the pool together. */
  readonly requirements: Requirements;
  /** Types that satisfy the requirements, wherever they are offered. */
  readonly types: readonly number[];
  /** Slots that satisfy the requirements. */
  readonly mask: number;
  /** By type, the slots that have capacity now. */
  readonly available: Int32Array;
  readonly storage: NodeStorage;
  readonly hasMinValues: boolean;
  readonly isLimited: boolean;
  /** Slots in which one of its types is sold: its zones are the domains of topologies. */
  readonly reachable: number;
  /** What the limits leave; only limited resources are in it. */
  remaining: Resources;
}

/** `available` is `availabilityOf` the universe. */
export function poolView(pool: PlanPool, universe: Universe, available: Int32Array): PoolView {
  const labels = requirementsOfLabels({ ...pool.labels, [labelKeys.pool]: pool.name });
  const requirements = merge(requirementsOf(pool.requirements), labels);
  const mask = slotMask(universe.slots, requirements);
  const types = typesMatching(universe, requirements).filter((type) => ((universe.offered[type] ?? 0) & mask) !== 0);
  const limited = Object.fromEntries(Object.keys(pool.limits).map((name) => [name, pool.used[name] ?? 0]));
  return {
    pool,
    universe,
    requirements,
    types,
    mask,
    available,
    storage: pool.storage ?? {},
    isLimited: Object.keys(pool.limits).length > 0,
    reachable: types.reduce((slots, type) => slots | ((universe.offered[type] ?? 0) & mask), 0),
    hasMinValues: pool.requirements.some(({ minValues }) => minValues !== undefined),
    remaining: subtract(pool.limits, limited),
  };
}

/** By type, the slots whose offering is not unavailable. */
export function availabilityOf(universe: Universe, unavailable: (offering: Offering) => boolean): Int32Array {
  return Int32Array.from(universe.offerings, (row) =>
    row.reduce((mask, offering, slot) => (offering && !unavailable(offering) ? mask | (1 << slot) : mask), 0),
  );
}

/** Slots whose zone, region and capacity type satisfy the requirements. */
export function slotMask(slots: readonly Slot[], requirements: Requirements): number {
  const checks = (
    [
      [labelKeys.zone, "zone"],
      [labelKeys.region, "region"],
      [labelKeys.capacityType, "capacityType"],
    ] as const
  ).flatMap(([key, field]) => {
    const set = requirements.get(key);
    return set === undefined ? [] : [(slot: Slot) => matches(set, slot[field] || undefined)];
  });
  return slots.reduce((mask, slot, index) => (checks.every((check) => check(slot)) ? mask | (1 << index) : mask), 0);
}

/** The types whose labels satisfy the requirements. */
export function typesMatching({ labels }: Universe, requirements: Requirements): number[] {
  const checks = [...requirements].filter(([key]) => isTypeLabel(key));
  return [...labels.keys()].filter((type) => checks.every(([key, set]) => matches(set, labels[type]?.[key])));
}

/** The types that the limits still allow one more node of. */
export function withinLimits(view: PoolView): readonly number[] {
  const { remaining, types } = view;
  if ((remaining["nodes"] ?? 1) < 1) return [];
  if (Object.keys(remaining).length === 0) return types;
  return types.filter((type) => exceededLimit(view, type) === undefined);
}

/** The first limit that one more node of a type would exceed. */
export function exceededLimit(view: PoolView, type: number): string | undefined {
  const { remaining } = view;
  return Object.keys(remaining).find((name) => {
    if (name === "nodes") return (remaining[name] ?? 0) < 1;
    const amount = capacityAmount(view, type, name);
    return amount > 0 && amount > (remaining[name] ?? 0);
  });
}

/** Debits the limits by the largest of a claim's types in each resource, since any of them may be launched. */
export function debit(view: PoolView, types: readonly number[]): void {
  const rest: Record<string, number> = { ...view.remaining };
  for (const name of Object.keys(rest)) {
    const most = name === "nodes" ? 1 : Math.max(0, ...types.map((type) => capacityAmount(view, type, name)));
    rest[name] = (rest[name] ?? 0) - most;
  }
  view.remaining = rest;
}

/** What one node of a type counts against a limit. */
export function capacityAmount({ universe, storage }: PoolView, type: number, name: string): number {
  const instanceType = universe.types[type];
  if (name === "ephemeral-storage" && instanceType !== undefined) return storageCapacity(instanceType, storage);
  return universe.capacity.get(name)?.[type] ?? 0;
}
