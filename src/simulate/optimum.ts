import { breakEvenSeconds } from "../policy/costs.ts";
import { type Levels, levelsOf } from "./hindsight/levels.ts";
import type { World } from "./world/world.ts";

/**
 * What nobody can beat on a trace, in GPU-seconds, by pool and in all. Exact for nodes that are alike: a gap costs the
 * idling through it or a cold start, whichever is less (policy.md 5.3).
 */
export interface Optimum {
  readonly levels: Levels;
  /** Σ min(gap, B). */
  readonly gaps: ByPool;
  /** The same, and B for the first use of each level. */
  readonly whole: ByPool;
  /** Nobody waits, because nodes are launched in time: Σ min(gap, L + Tw), and L + Tw for each first use. */
  readonly zeroWait: ByPool;
}

export interface ByPool {
  readonly total: number;
  readonly pools: Float64Array;
}

/** O(n log n). The figures of pools add up over the pools of a tenant. */
export function optimumOf(world: World): Optimum {
  const levels = levelsOf(world);
  const breakEven = Float64Array.from(world.pools, ({ costs }) => breakEvenSeconds(costs));
  const boot = Float64Array.from(world.pools, ({ costs }) => costs.launchSeconds + costs.loadSeconds);
  const gaps = gapCosts(world, levels, breakEven);
  return {
    levels,
    gaps: summed(gaps),
    whole: summed(withFirsts(world, levels, gaps, breakEven)),
    zeroWait: summed(withFirsts(world, levels, gapCosts(world, levels, boot), boot)),
  };
}

function gapCosts({ pools }: World, { gaps }: Levels, most: Float64Array): Float64Array {
  const costs = new Float64Array(pools.length);
  for (let index = 0; index < gaps.count; index += 1) {
    const pool = gaps.pool[index] ?? 0;
    const seconds = Math.min(gaps.seconds[index] ?? 0, most[pool] ?? 0);
    costs[pool] = (costs[pool] ?? 0) + seconds * (gaps.levels[index] ?? 0) * (pools[pool]?.weight ?? 0);
  }
  return costs;
}

function withFirsts({ pools }: World, { firsts }: Levels, gaps: Float64Array, each: Float64Array): Float64Array {
  return gaps.map((cost, pool) => cost + (firsts[pool] ?? 0) * (each[pool] ?? 0) * (pools[pool]?.weight ?? 0));
}

function summed(pools: Float64Array): ByPool {
  return { total: pools.reduce((sum, cost) => sum + cost, 0), pools };
}
