import type { Bits } from "./bits.ts";
import type { PoolView } from "./pool-view.ts";

/**
 * The first label of which a set of types has fewer different values than the pool's minValues ask for (Karpenter's
 * nodeclaim.go, SatisfiesMinValues); undefined when it has enough.
 */
export function lackingValues({ pool, universe }: PoolView, types: Bits): string | undefined {
  return pool.requirements.find(({ key, minValues }) => {
    if (minValues === undefined) return false;
    const values = new Set(types.members().flatMap((type) => universe.labels[type]?.[key] ?? []));
    return values.size < minValues;
  })?.key;
}
