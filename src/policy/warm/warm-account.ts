import type { PoolEvent, PoolView } from "../pool.ts";

/** What nodes that nobody had asked for cost and came to, and how much more may be spent on them. A hard stop. */
export interface WarmAccount {
  observe(pool: PoolView, event: PoolEvent): void;
  /** What may still be spent today, in dollars. */
  leftUsd(pool: PoolView): number;
  /** Share of the pool's warm nodes that no job took, 0 to 1; 1 while there were none. */
  unusedShare(pool: PoolView): number;
}

export interface BudgetOptions {
  /** Of each day; default `share` of what the day before cost. */
  readonly dailyUsd?: number | undefined;
  /** Of yesterday's bill for nodes with jobs on them. */
  readonly share?: number | undefined;
}

const daySeconds = 86_400;

interface Warmed {
  /** That no job has taken yet. */
  nodes: number;
  readonly atSeconds: number;
  readonly untilSeconds: number;
}

interface Account {
  busy: number;
  sinceSeconds: number;
  usdPerSecond: number;
  readonly warmed: Warmed[];
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
  const accounts: Account[] = [];
  let [today, yesterdayUsd, todayUsd, spentUsd] = [Number.NaN, 0, 0, 0];

  const advance = (pool: PoolView) => {
    const day = Math.floor((pool.startMs / 1000 + pool.nowSeconds) / daySeconds);
    if (day === today) return;
    const startOfDay = day * daySeconds - pool.startMs / 1000;
    for (const account of accounts) if (account) todayUsd += settled(account, startOfDay);
    if (!Number.isNaN(today)) yesterdayUsd = todayUsd / Math.max(1, day - today);
    [today, todayUsd, spentUsd] = [day, 0, 0];
  };
  const accountOf = (pool: PoolView): Account => {
    const usdPerSecond = pool.costs.usdPerHour / 3600;
    accounts[pool.id] ??= { busy: 0, sinceSeconds: pool.nowSeconds, usdPerSecond, warmed: [], used: 0, unused: 0 };
    return accounts[pool.id] as Account;
  };
  const total = () => dailyUsd ?? share * yesterdayUsd;

  return {
    observe: (pool, event) => {
      advance(pool);
      const account = accountOf(pool);
      todayUsd += settled(account, pool.nowSeconds);
      if (event.type === "started") account.busy += event.job.nodes;
      if (event.type === "ended") account.busy = Math.max(0, account.busy - event.job.nodes);
      if (event.type === "started") spentUsd = Math.max(0, spentUsd - taken(account, event.job.nodes, pool));
      if (event.type === "warmed") {
        account.warmed.push({ nodes: event.nodes, atSeconds: pool.nowSeconds, untilSeconds: event.untilSeconds });
        spentUsd += event.nodes * (event.untilSeconds - pool.nowSeconds) * account.usdPerSecond;
      }
    },
    leftUsd: (pool) => {
      advance(pool);
      return Math.max(0, total() - spentUsd);
    },
    unusedShare: (pool) => {
      const { used, unused } = accountOf(pool);
      return (unused + priorUnused) / (used + unused + priorUnused);
    },
  };
}

/** What the pool's busy nodes have cost since it was last asked. */
function settled(account: Account, nowSeconds: number): number {
  const seconds = Math.max(0, nowSeconds - account.sinceSeconds);
  account.sinceSeconds = Math.max(account.sinceSeconds, nowSeconds);
  return account.busy * seconds * account.usdPerSecond;
}

/** What is given back for warm nodes that a job has taken: it would have paid their launch in any case. */
function taken(account: Account, nodes: number, pool: PoolView): number {
  const { warmed, usdPerSecond } = account;
  while (warmed[0] && warmed[0].untilSeconds <= pool.nowSeconds) account.unused += warmed.shift()?.nodes ?? 0;
  const boot = pool.costs.launchSeconds + pool.costs.loadSeconds;
  let [left, backUsd] = [nodes, 0];
  for (const each of warmed) {
    const used = Math.min(left, each.nodes);
    const cost = Math.max(0, pool.nowSeconds - each.atSeconds - boot);
    backUsd += used * (each.untilSeconds - each.atSeconds - cost) * usdPerSecond;
    each.nodes -= used;
    account.used += used;
    left -= used;
  }
  return backUsd;
}
