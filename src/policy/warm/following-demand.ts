import type { PoolJob, PoolView } from "../pool.ts";
import type { Reaches } from "./newsvendor.ts";

/** What tends to follow on what just came: sweeps, retries, gangs that are submitted job by job. */
export interface Following {
  arrived(pool: PoolView, job: PoolJob): void;
  ended(pool: PoolView, job: PoolJob): void;
  /** What arrivals of the last `reviewSeconds` tell of the time from a launch on; undefined: there were none. */
  expected(pool: PoolView, reviewSeconds: number): FollowingDemand | undefined;
  /** Whether there were none, so that nothing is expected before the next one. */
  isQuiet(pool: PoolView, reviewSeconds: number): boolean;
}

export interface FollowingDemand {
  readonly reaches: Reaches;
  readonly most: number;
  /** Nodes of the job that came last: as many will be wanted together. */
  readonly gang: number;
  /** Nodes that arrived within the last ten minutes. */
  readonly burst: number;
  /** How often such a burst was seen in this pool, and how often one node more was wanted after it. */
  readonly seen: number;
  readonly grew: number;
}

const burstSeconds = 600;
/** Cases that are closer together are one. */
const apartSeconds = 30;
const mostRise = 32;
const burstKinds = 7;
/** So many cases of a pool's own are believed as much as those of all pools together. */
const priorCases = 5;

interface Pending {
  readonly atSeconds: number;
  readonly kind: number;
  readonly level: number;
  peak: number;
}

interface PoolMemory {
  level: number;
  /** Nodes that arrived within the last ten minutes, and each of these arrivals. */
  burst: number;
  readonly recent: { readonly atSeconds: number; readonly nodes: number }[];
  readonly pending: Pending[];
  readonly rises: Float64Array;
}

/**
 * Counts, for bursts of 1, 2, 4 … nodes within ten minutes, how many nodes more than at that moment were wanted at once
 * while a node launched then would have been ready: from L + Tw later on, for as long as `coverSeconds` says.
 */
export function followingDemand(coverSeconds: (pool: PoolView) => number): Following {
  const pools: PoolMemory[] = [];
  const all = new Float64Array(burstKinds * (mostRise + 1));
  const memoryOf = (pool: PoolView): PoolMemory => {
    pools[pool.id] ??= { level: 0, burst: 0, recent: [], pending: [], rises: new Float64Array(all.length) };
    return pools[pool.id] as PoolMemory;
  };
  const settle = (pool: PoolView, memory: PoolMemory) => {
    const ready = pool.costs.launchSeconds + pool.costs.loadSeconds;
    const cover = coverSeconds(pool);
    while (memory.pending[0] && memory.pending[0].atSeconds + ready + cover <= pool.nowSeconds) {
      const { kind, level, peak } = memory.pending.shift() as Pending;
      const slot = kind * (mostRise + 1) + Math.min(mostRise, Math.max(0, Math.ceil(peak - level)));
      memory.rises[slot] = (memory.rises[slot] ?? 0) + 1;
      all[slot] = (all[slot] ?? 0) + 1;
    }
    for (const each of memory.pending) {
      if (pool.nowSeconds >= each.atSeconds + ready) each.peak = Math.max(each.peak, memory.level);
    }
  };

  return {
    arrived: (pool, job) => {
      const memory = memoryOf(pool);
      settle(pool, memory);
      const nodes = nodesOf(pool, job);
      memory.level += nodes;
      memory.recent.push({ atSeconds: pool.nowSeconds, nodes });
      memory.burst += nodes;
      settle(pool, memory);
      const kind = kindOf(burstOf(memory, pool.nowSeconds));
      const last = memory.pending.at(-1);
      if (last !== undefined && pool.nowSeconds - last.atSeconds < apartSeconds) memory.pending.pop();
      memory.pending.push({ atSeconds: pool.nowSeconds, kind, level: memory.level, peak: 0 });
    },
    ended: (pool, job) => {
      const memory = memoryOf(pool);
      settle(pool, memory);
      memory.level = Math.max(0, memory.level - nodesOf(pool, job));
    },
    isQuiet: (pool, reviewSeconds) => {
      const last = pools[pool.id]?.recent.at(-1);
      return last === undefined || pool.nowSeconds - last.atSeconds > reviewSeconds;
    },
    expected: (pool, reviewSeconds) => {
      const memory = pools[pool.id];
      const last = memory?.recent.at(-1);
      if (memory === undefined || last === undefined || pool.nowSeconds - last.atSeconds > reviewSeconds)
        return undefined;
      const burst = burstOf(memory, pool.nowSeconds);
      const first = kindOf(burst) * (mostRise + 1);
      const of = (counts: Float64Array) => counts.subarray(first, first + mostRise + 1);
      const own = of(memory.rises);
      const seen = sum(own, 0);
      return {
        reaches: shrunk(own, of(all)),
        most: mostRise,
        gang: Math.ceil(last.nodes),
        burst,
        seen,
        grew: seen - (own[0] ?? 0),
      };
    },
  };
}

/** A share of a node counts as such. */
const nodesOf = (pool: PoolView, job: PoolJob) => job.nodes * Math.min(1, job.gpus / Math.max(1, pool.gpus) || 1);

function burstOf(memory: PoolMemory, nowSeconds: number): number {
  const { recent } = memory;
  while (recent[0] && recent[0].atSeconds <= nowSeconds - burstSeconds) memory.burst -= recent.shift()?.nodes ?? 0;
  return memory.burst;
}

const kindOf = (burst: number) => Math.min(burstKinds - 1, Math.floor(Math.log2(Math.max(1, burst))));

/** One case more is assumed in which nothing followed, so that nothing is ever certain. */
function shrunk(own: Float64Array, all: Float64Array): Reaches {
  const [ownCases, allCases] = [sum(own, 0), sum(all, 0)];
  return (nodes) => {
    const general = sum(all, nodes) / (allCases + 1);
    return (sum(own, nodes) + priorCases * general) / (ownCases + priorCases);
  };
}

function sum(counts: Float64Array, from: number): number {
  let total = 0;
  for (let index = from; index < counts.length; index += 1) total += counts[index] ?? 0;
  return total;
}
