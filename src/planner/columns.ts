import { CapacityIndex } from "./capacity-index.ts";
import { storageAllocatable } from "./node-storage.ts";
import type { PoolView } from "./pool-view.ts";
import type { Universe } from "./universe.ts";

/** Resource names as column numbers, and what the catalog's types have of each. */
export interface Columns {
  of(name: string): number;
  readonly names: readonly string[];
  /** What the types have of a resource. Only of ephemeral storage it differs with the pool: its nodes' disks do. */
  index(column: number, view: PoolView): CapacityIndex;
}

export const ephemeralStorage = "ephemeral-storage";
const indices = new WeakMap<Universe, Map<string, CapacityIndex>>();

export function columnsOf(universe: Universe): Columns {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const known = indices.get(universe) ?? new Map<string, CapacityIndex>();
  indices.set(universe, known);
  const indexOf = (key: string, amounts: () => Float64Array) => {
    const index = known.get(key) ?? new CapacityIndex(amounts());
    known.set(key, index);
    return index;
  };
  const byColumn: (CapacityIndex | undefined)[] = [];
  const byView = new Map<PoolView, CapacityIndex>();
  const storageOf = (view: PoolView) => {
    const { rootVolumeBytes, instanceStorePolicy } = view.storage;
    const index =
      byView.get(view) ??
      indexOf(`${ephemeralStorage} ${instanceStorePolicy} ${rootVolumeBytes}`, () =>
        Float64Array.from(universe.types, (type) => storageAllocatable(type, view.storage)),
      );
    byView.set(view, index);
    return index;
  };
  return {
    names,
    of(name) {
      let number = numbers.get(name);
      if (number === undefined) {
        number = names.push(name) - 1;
        numbers.set(name, number);
        const amounts = () => universe.allocatable.get(name) ?? new Float64Array(universe.types.length);
        byColumn.push(name === ephemeralStorage ? undefined : indexOf(name, amounts));
      }
      return number;
    },
    index: (column, view) => byColumn[column] ?? storageOf(view),
  };
}
