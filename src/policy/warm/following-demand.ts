import * as v from "valibot";

import { ByPool } from "../by-pool.ts";
import { amount, count, finite, ofPools } from "../learned-state.ts";
import { nodesTaken, type PoolJob, type PoolView } from "../pool.ts";
import type { Reaches } from "./newsvendor.ts";

/** What tends to follow on what just came: sweeps, retries, gangs that are submitted job by job. */
export interface Following {
  arrived(pool: PoolView, job: PoolJob): void;
  ended(pool: PoolView, job: PoolJob): void;
  /** What arrivals of the last `reviewSeconds` tell of the time from a launch on; undefined: there were none. */
  expected(pool: PoolView, reviewSeconds: number): FollowingDemand | undefined;
  /** Whether there were none, so that nothing is expected before the next one. */
  isQuiet(pool: PoolView, reviewSeconds: number): boolean;
  save(): SavedFollowing;
  restore(saved: SavedFollowing): void;
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

const slots = burstKinds * (mostRise + 1);

/** A case whose outcome is not known yet; `sinceSeconds`: of the first arrival that it stands for. */
const pending = v.strictObject({
  sinceSeconds: finite,
  atSeconds: finite,
  kind: v.pipe(count, v.maxValue(burstKinds - 1)),
  level: amount,
  peak: amount,
});
const arrival = v.strictObject({ atSeconds: finite, nodes: amount });
const counts = v.pipe(v.array(amount), v.maxLength(slots));
const memory = v.strictObject({
  level: amount,
  sinceSeconds: finite,
  recent: v.array(arrival),
  pending: v.array(pending),
  rises: counts,
});
export const savedFollowing = v.strictObject({ all: counts, pools: ofPools(memory) });
export type SavedFollowing = v.InferOutput<typeof savedFollowing>;

interface PoolMemory {
  level: number;
  /** When that was looked at last. */
  sinceSeconds: number;
  /** Nodes that arrived within the last ten minutes, and each of these arrivals. */
  burst: number;
  recent: v.InferOutput<typeof arrival>[];
  pending: v.InferOutput<typeof pending>[];
  readonly rises: Float64Array;
}

/**
 * Counts, for bursts of 1, 2, 4 … nodes within ten minutes, how many nodes more were wanted at once while a node launched
 * at that moment would have been ready (from L + Tw later on, for as long as `coverSeconds` says) than ever before since.
 * That is D of `policy.md` 2.2: what is wanted earlier launches for itself.
 */
export function followingDemand(coverSeconds: (pool: PoolView) => number): Following {
  const pools = new ByPool(
    (): PoolMemory => ({
      level: 0,
      sinceSeconds: 0,
      burst: 0,
      recent: [],
      pending: [],
      rises: new Float64Array(slots),
    }),
  );
  const all = new Float64Array(slots);
  /** The level has been what it is since the event before this one. */
  const settle = (pool: PoolView, own: PoolMemory) => {
    const ready = pool.costs.launchSeconds + pool.costs.loadSeconds;
    const cover = coverSeconds(pool);
    for (const each of own.pending) {
      // what was wanted before a launch is ready has launched for itself
      if (own.sinceSeconds < each.atSeconds + ready) each.level = Math.max(each.level, own.level);
      else each.peak = Math.max(each.peak, own.level);
    }
    own.sinceSeconds = pool.nowSeconds;
    while (own.pending[0] && own.pending[0].atSeconds + ready + cover <= pool.nowSeconds) {
      const { kind = 0, level = 0, peak = 0 } = own.pending.shift() ?? {};
      const slot = kind * (mostRise + 1) + Math.min(mostRise, Math.max(0, Math.ceil(peak - level)));
      own.rises[slot] = (own.rises[slot] ?? 0) + 1;
      all[slot] = (all[slot] ?? 0) + 1;
    }
  };

  return {
    arrived: (pool, job) => {
      const own = pools.of(pool);
      settle(pool, own);
      const { nowSeconds } = pool;
      const nodes = nodesTaken(pool, job);
      own.level += nodes;
      own.recent.push({ atSeconds: nowSeconds, nodes });
      own.burst += nodes;
      settle(pool, own);
      const kind = kindOf(burstOf(own, nowSeconds));
      const last = own.pending.at(-1);
      const isSame = last !== undefined && nowSeconds - last.sinceSeconds < apartSeconds;
      if (isSame) own.pending.pop();
      const sinceSeconds = isSame ? last.sinceSeconds : nowSeconds;
      own.pending.push({ sinceSeconds, atSeconds: nowSeconds, kind, level: own.level, peak: 0 });
    },
    ended: (pool, job) => {
      const own = pools.of(pool);
      settle(pool, own);
      own.level = Math.max(0, own.level - nodesTaken(pool, job));
    },
    isQuiet: (pool, reviewSeconds) => {
      const last = pools.of(pool).recent.at(-1);
      return last === undefined || pool.nowSeconds - last.atSeconds > reviewSeconds;
    },
    expected: (pool, reviewSeconds) => {
      const memory = pools.of(pool);
      const last = memory.recent.at(-1);
      if (last === undefined || pool.nowSeconds - last.atSeconds > reviewSeconds) return undefined;
      const burst = burstOf(memory, pool.nowSeconds);
      const first = kindOf(burst) * (mostRise + 1);
      const of = (counted: Float64Array) => counted.subarray(first, first + mostRise + 1);
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
    save: () => ({
      all: trimmed(all),
      pools: pools.save(({ level, sinceSeconds, recent, pending: open, rises }) => ({
        level,
        sinceSeconds,
        recent: recent.map((each) => ({ ...each })),
        pending: open.map((each) => ({ ...each })),
        rises: trimmed(rises),
      })),
    }),
    restore: (saved) => {
      all.fill(0);
      all.set(saved.all);
      pools.restore(saved.pools, (own, { rises, ...rest }) => {
        Object.assign(own, rest, { burst: rest.recent.reduce((total, { nodes }) => total + nodes, 0) });
        own.rises.set(rises);
      });
    },
  };
}

/** Without the zeros at the end. */
function trimmed(counted: Float64Array): number[] {
  return [...counted.subarray(0, counted.findLastIndex((each) => each > 0) + 1)];
}

function burstOf(own: PoolMemory, nowSeconds: number): number {
  const { recent } = own;
  while (recent[0] && recent[0].atSeconds <= nowSeconds - burstSeconds) own.burst -= recent.shift()?.nodes ?? 0;
  return own.burst;
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
