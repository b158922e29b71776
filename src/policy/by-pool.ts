import type { PoolView } from "./pool.ts";

/** Under which name what has been learned of a pool is kept: numbers are given anew after a restart, names are not. */
export const poolKey = ({ tenant, shape }: PoolView): string => `${tenant}/${shape}`;

interface Kept<T> {
  readonly startMs: number;
  readonly memory: T;
}

/**
 * What is remembered of each pool: looked up by its number, kept by its name. A pool that counts its seconds from another
 * moment than what is remembered of it is a new one: all times of the old one would be wrong.
 */
export class ByPool<T> {
  readonly #make: (startMs: number) => T;
  readonly #byKey = new Map<string, Kept<T>>();
  readonly #byId: Kept<T>[] = [];

  constructor(make: (startMs: number) => T) {
    this.#make = make;
  }

  of(pool: PoolView): T {
    const known = this.#byId[pool.id];
    if (known !== undefined && known.startMs === pool.startMs) return known.memory;
    const key = poolKey(pool);
    const kept = this.#byKey.get(key);
    const found = kept?.startMs === pool.startMs ? kept : this.#put(key, pool.startMs, this.#make(pool.startMs));
    this.#byId[pool.id] = found;
    return found.memory;
  }

  *memories(): Iterable<T> {
    for (const { memory } of this.#byKey.values()) yield memory;
  }

  /** By name, with the moment that its seconds count from. */
  save<S>(saved: (memory: T) => S): Record<string, { startMs: number; memory: S }> {
    return Object.fromEntries(
      [...this.#byKey].map(([key, { startMs, memory }]) => [key, { startMs, memory: saved(memory) }]),
    );
  }

  /** Takes what `save` gave, in place of all that is remembered; the caller has checked it. */
  restore<S>(
    saved: Readonly<Record<string, { readonly startMs: number; readonly memory: S }>>,
    restored: (memory: T, saved: S) => void,
  ): void {
    this.#byKey.clear();
    this.#byId.length = 0;
    for (const [key, { startMs, memory }] of Object.entries(saved)) {
      const own = this.#make(startMs);
      restored(own, memory);
      this.#put(key, startMs, own);
    }
  }

  #put(key: string, startMs: number, memory: T): Kept<T> {
    const kept = { startMs, memory };
    this.#byKey.set(key, kept);
    return kept;
  }
}
