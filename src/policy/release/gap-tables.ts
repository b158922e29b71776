import { GapCounts } from "./hazards.ts";

/** Gaps after which older ones count half: a pool changes faster than what all pools have in common. */
const halfLife = { pool: 300, shared: 1500 } as const;

/** Counts of gaps by what they have in common; a key that begins with `pool` belongs to one pool. */
export class GapTables {
  readonly #tables = new Map<string, GapCounts>();

  of(key: string): GapCounts {
    const found = this.#tables.get(key);
    if (found !== undefined) return found;
    const made = new GapCounts(key.startsWith("pool") ? halfLife.pool : halfLife.shared);
    this.#tables.set(key, made);
    return made;
  }

  entries(): IterableIterator<[string, GapCounts]> {
    return this.#tables.entries();
  }

  clear(): void {
    this.#tables.clear();
  }
}
