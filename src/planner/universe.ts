import type { InstanceType, Offering } from "../catalog/instance-type.ts";
import { instanceLabels } from "./instance-labels.ts";
import { allocatableOf, capacityOf, type Resources } from "./resources.ts";
import type { Labels } from "./types.ts";

/** A zone and a capacity type: one bit of a mask. */
export interface Slot {
  readonly zone: string;
  readonly region: string;
  readonly capacityType: string;
}

/**
 * All offerings as columns over instance types, for the hot loops. A type is an index; where it can be bought is a mask
 * of slots. Ephemeral storage has no column here: it is also a matter of the pool (see `Columns`).
 */
export interface Universe {
  readonly types: readonly InstanceType[];
  readonly labels: readonly Labels[];
  readonly slots: readonly Slot[];
  /** By resource, what pods can request of each type; a resource without a column no type has. */
  readonly allocatable: ReadonlyMap<string, Float64Array>;
  /** By resource, what each type counts against a pool's limits. */
  readonly capacity: ReadonlyMap<string, Float64Array>;
  /** By type and slot. */
  readonly offerings: readonly (readonly (Offering | undefined)[])[];
  /** The slots in which each type is offered. */
  readonly offered: Int32Array;
}

const known = new WeakMap<readonly Offering[], Universe>();

/** The columns of a list of offerings; computed once for each list. */
export function universeOf(offerings: readonly Offering[]): Universe {
  let universe = known.get(offerings);
  if (universe === undefined) {
    universe = buildUniverse(offerings);
    known.set(offerings, universe);
  }
  return universe;
}

function buildUniverse(offerings: readonly Offering[]): Universe {
  const types = [...new Map(offerings.map(({ instanceType }) => [instanceType.name, instanceType])).values()];
  const indices = new Map(types.map((type, index) => [type.name, index]));
  const slotKeys = new Map(offerings.map((offering) => [slotKey(offering), offering]));
  const slots = [...slotKeys.keys()];
  const table = types.map(() => new Array<Offering | undefined>(slots.length).fill(undefined));
  const offered = new Int32Array(types.length);
  for (const offering of offerings) {
    const type = indices.get(offering.instanceType.name) ?? 0;
    const slot = slots.indexOf(slotKey(offering));
    const row = table[type];
    if (row !== undefined) row[slot] = offering;
    offered[type] = (offered[type] ?? 0) | (1 << slot);
  }
  return {
    types,
    labels: types.map(instanceLabels),
    slots: [...slotKeys.values()].map(({ zone, region, capacityType }) => ({ zone, region, capacityType })),
    allocatable: columnsOf(types.map((type) => allocatableOf(type))),
    capacity: columnsOf(types.map((type) => capacityOf(type))),
    offerings: table,
    offered,
  };
}

function slotKey({ zone, capacityType }: Offering): string {
  return `${zone} ${capacityType}`;
}

function columnsOf(rows: readonly Resources[]): Map<string, Float64Array> {
  const columns = new Map<string, Float64Array>();
  rows.forEach((row, index) => {
    for (const [name, amount] of Object.entries(row)) {
      if (name === "ephemeral-storage") continue;
      const column = columns.get(name) ?? new Float64Array(rows.length);
      column[index] = amount;
      columns.set(name, column);
    }
  });
  return columns;
}

/** The largest amount of a resource among some types. */
export function mostOf(columns: ReadonlyMap<string, Float64Array>, name: string, types: Iterable<number>): number {
  const column = columns.get(name);
  let most = 0;
  if (column !== undefined) for (const type of types) most = Math.max(most, column[type] ?? 0);
  return most;
}

/** The cheapest offering of a type among the slots of a mask. */
export function cheapestIn(universe: Universe, type: number, mask: number): Offering | undefined {
  let best: Offering | undefined;
  universe.offerings[type]?.forEach((offering, slot) => {
    if (offering === undefined || (mask & (1 << slot)) === 0) return;
    if (best === undefined || offering.usdPerHour < best.usdPerHour) best = offering;
  });
  return best;
}
