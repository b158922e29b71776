import { CapacityIndex } from "./capacity-index.ts";
import type { Universe } from "./universe.ts";

/** Resource names as column numbers, and what the catalog's types have of each. */
export interface Columns {
  of(name: string): number;
  readonly names: readonly string[];
  /** Undefined for ephemeral storage, which is the pool's affair. */
  index(column: number): CapacityIndex | undefined;
}

export const ephemeralStorage = "ephemeral-storage";
const indices = new WeakMap<Universe, Map<string, CapacityIndex>>();

export function columnsOf(universe: Universe): Columns {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const known = indices.get(universe) ?? new Map<string, CapacityIndex>();
  indices.set(universe, known);
  const indexOf = (name: string) => {
    const index =
      known.get(name) ?? new CapacityIndex(universe.allocatable.get(name) ?? new Float64Array(universe.types.length));
    known.set(name, index);
    return index;
  };
  const byColumn: (CapacityIndex | undefined)[] = [];
  return {
    names,
    of(name) {
      let number = numbers.get(name);
      if (number === undefined) {
        number = names.push(name) - 1;
        numbers.set(name, number);
        byColumn.push(name === ephemeralStorage ? undefined : indexOf(name));
      }
      return number;
    },
    index: (column) => byColumn[column],
  };
}
