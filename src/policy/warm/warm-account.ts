import * as v from "valibot";

import { ByPool } from "../by-pool.ts";
import { amount, count, finite, ofPools, orNaN } from "../learned-state.ts";
import { nodesTaken, type PoolEvent, type PoolView } from "../pool.ts";
import { credit, isWorthTrying, type Outcome, savedOutcome } from "./warm-outcome.ts";

/** What nodes that nobody had asked for cost and came to, and how much more may be spent on them. A hard stop. */
export interface WarmAccount {
  observe(pool: PoolView, event: PoolEvent): void;
  /** What may still be spent today, in dollars. */
  leftUsd(pool: PoolView): number;
  /** Share of the pool's warm nodes that no job took, 0 to 1; 1 while there were none. */
  unusedShare(pool: PoolView): number;
  /**
   * Whether warming may go on here: what it lost so far, in the pool and in all, is a hundredth of what cold starts cost
   * at most. So it costs little where forecasts are poor, and tries again as demand goes on.
   */
  pays(pool: PoolView): boolean;
  save(): SavedAccount;
  restore(saved: SavedAccount): void;
}

export interface BudgetOptions {
  /** Of each day; default `share` of what the day before cost. */
  readonly dailyUsd?: number | undefined;
  /** Of yesterday's bill for nodes with jobs on them. */
  readonly share?: number | undefined;
}

const daySeconds = 86_400;

/** Nodes that no job has taken yet. */
const warmed = v.strictObject({ nodes: amount, atSeconds: finite, untilSeconds: finite });
const account = v.strictObject({
  ...savedOutcome.entries,
  busy: amount,
  sinceSeconds: orNaN,
  usdPerSecond: amount,
  warmed: v.array(warmed),
  used: amount,
  unused: amount,
});
export const savedAccount = v.strictObject({
  /** Since the epoch, and what that day and the one before it cost. */
  today: v.nullable(count),
  yesterdayUsd: amount,
  todayUsd: amount,
  spentUsd: amount,
  all: savedOutcome,
  pools: ofPools(account),
});
export type SavedAccount = v.InferOutput<typeof savedAccount>;

interface Account extends Outcome {
  busy: number;
  /** NaN: nothing has happened yet. */
  sinceSeconds: number;
  usdPerSecond: number;
  warmed: v.InferOutput<typeof warmed>[];
  used: number;
  unused: number;
}

/** So many nodes that nobody took are assumed to begin with. */
const priorUnused = 2;

/**
 * 5 % of yesterday's bill unless a sum is given; nothing on the first day, which has no yesterday. A node that is warmed
 * is booked with all that it may cost, and what it did not cost is given back once a job has taken it.
 */
export function warmAccount({ dailyUsd, share = 0.05 }: BudgetOptions = {}): WarmAccount {
  const accounts = new ByPool<Account>(() => ({
    busy: 0,
    sinceSeconds: Number.NaN,
    usdPerSecond: 0,
    warmed: [],
    used: 0,
    unused: 0,
    netSeconds: 0,
    coldSeconds: 0,
  }));
  let all: Outcome = { netSeconds: 0, coldSeconds: 0 };
  let [today, yesterdayUsd, todayUsd, spentUsd] = [Number.NaN, 0, 0, 0];

  const advance = (pool: PoolView) => {
    const day = Math.floor((pool.startMs / 1000 + pool.nowSeconds) / daySeconds);
    // a clock that goes back earns no new budget
    if (day <= today) return;
    const startOfDay = startOf(day, pool);
    for (const each of accounts.memories()) todayUsd += settled(each, startOfDay);
    if (!Number.isNaN(today)) yesterdayUsd = todayUsd / Math.max(1, day - today);
    [today, todayUsd, spentUsd] = [day, 0, 0];
  };
  const total = () => dailyUsd ?? share * yesterdayUsd;

  return {
    observe: (pool, event) => {
      advance(pool);
      const own = accounts.of(pool);
      todayUsd += settled(own, pool.nowSeconds);
      own.usdPerSecond = pool.costs.usdPerHour / 3600;
      credit([own, all], own.warmed, pool, event);
      expire(own, pool.nowSeconds);
      if (event.type === "started") {
        const nodes = nodesTaken(pool, event.job);
        own.busy += nodes;
        spentUsd = Math.max(0, spentUsd - taken(own, Math.ceil(nodes), pool, startOf(today, pool)));
      }
      if (event.type === "ended") own.busy = Math.max(0, own.busy - nodesTaken(pool, event.job));
      if (event.type === "warmed" && event.untilSeconds > pool.nowSeconds) {
        own.warmed.push({ nodes: event.nodes, atSeconds: pool.nowSeconds, untilSeconds: event.untilSeconds });
        spentUsd += event.nodes * (event.untilSeconds - pool.nowSeconds) * own.usdPerSecond;
      }
    },
    leftUsd: (pool) => {
      advance(pool);
      return Math.max(0, total() - spentUsd);
    },
    unusedShare: (pool) => {
      const own = accounts.of(pool);
      expire(own, pool.nowSeconds);
      return (own.unused + priorUnused) / (own.used + own.unused + priorUnused);
    },
    pays: (pool) => isWorthTrying(all) && isWorthTrying(accounts.of(pool)),
    save: () => ({
      today: Number.isNaN(today) ? null : today,
      yesterdayUsd,
      todayUsd,
      spentUsd,
      all: { ...all },
      pools: accounts.save((own) => ({
        ...own,
        sinceSeconds: Number.isNaN(own.sinceSeconds) ? null : own.sinceSeconds,
        warmed: own.warmed.map((each) => ({ ...each })),
      })),
    }),
    restore: (saved) => {
      [today, yesterdayUsd] = [saved.today ?? Number.NaN, saved.yesterdayUsd];
      [todayUsd, spentUsd] = [saved.todayUsd, saved.spentUsd];
      all = { ...saved.all };
      accounts.restore(saved.pools, (own, { sinceSeconds, ...rest }) =>
        Object.assign(own, rest, { sinceSeconds: sinceSeconds ?? Number.NaN }),
      );
    },
  };
}

const startOf = (day: number, { startMs }: PoolView) => day * daySeconds - startMs / 1000;

/** What the pool's busy nodes have cost since it was last asked. */
function settled(own: Account, nowSeconds: number): number {
  const seconds = Math.max(0, nowSeconds - own.sinceSeconds) || 0;
  own.sinceSeconds = Number.isNaN(own.sinceSeconds) ? nowSeconds : Math.max(own.sinceSeconds, nowSeconds);
  return own.busy * seconds * own.usdPerSecond;
}

/**
 * What is given back for warm nodes that a job has taken: it would have paid their launch in any case. What was booked
 * before `dayStart` was paid from another day's budget.
 */
function taken(own: Account, nodes: number, pool: PoolView, dayStart: number): number {
  expire(own, pool.nowSeconds);
  const boot = pool.costs.launchSeconds + pool.costs.loadSeconds;
  let [left, backUsd] = [nodes, 0];
  for (const each of own.warmed) {
    const used = Math.min(left, each.nodes);
    const cost = Math.max(0, pool.nowSeconds - each.atSeconds - boot);
    if (each.atSeconds >= dayStart) backUsd += used * (each.untilSeconds - each.atSeconds - cost) * own.usdPerSecond;
    each.nodes -= used;
    own.used += used;
    left -= used;
  }
  own.warmed = own.warmed.filter((each) => each.nodes > 0);
  return backUsd;
}

/** Counts warm nodes that went without that a job took them. */
function expire(own: Account, nowSeconds: number): void {
  for (const each of own.warmed) if (each.untilSeconds <= nowSeconds) own.unused += each.nodes;
  own.warmed = own.warmed.filter((each) => each.untilSeconds > nowSeconds);
}
