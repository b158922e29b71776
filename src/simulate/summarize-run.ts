import { breakEvenSeconds } from "../policy/costs.ts";
import type { SimulatedPool } from "./engine/pool.ts";
import type { State } from "./engine/state.ts";
import type { Optimum } from "./optimum.ts";
import type { PolicyResult, Simulated } from "./result.ts";
import type { World } from "./world/world.ts";

export interface SummarizeRunOptions {
  readonly state: State;
  /** The policy's decisions over the gaps of the trace, where that was asked for. */
  readonly replayed: State | undefined;
  readonly optimum: Optimum;
  readonly seed: number;
  readonly seconds: number;
}

/** What a simulation that is over came to, in all and for each tenant. */
export function summarizeRun({ state, replayed, optimum, seed, seconds }: SummarizeRunOptions): Simulated {
  const { world, policy } = state;
  const waits = waitsByTenant(state);
  const result = (part: Part) => resultOf(part, { optimum, world, policy: policy.name, seed, seconds });
  const own = byTenant(world, state.pools);
  const ownReplayed = replayed && byTenant(world, replayed.pools);
  const parts = world.tenants.map((tenant, id) => ({
    tenant,
    jobs: (waits.starts[id + 1] ?? 0) - (waits.starts[id] ?? 0),
    pools: own[id] ?? [],
    replayed: ownReplayed?.[id],
    waits: waits.sorted.subarray(waits.starts[id] ?? 0, waits.starts[id + 1] ?? 0),
    cold: waits.cold[id] ?? 0,
  }));
  const tenants = parts.filter(({ jobs }) => jobs > 0).map((part) => ({ tenant: part.tenant, ...result(part) }));
  const whole = {
    jobs: world.trace.jobs.count,
    pools: state.pools,
    replayed: replayed?.pools,
    cold: waits.cold.reduce((sum, cold) => sum + cold, 0),
    waits: waits.sorted.slice().sort(),
  };
  return { result: result(whole), tenants };
}

function byTenant({ tenants }: World, pools: readonly SimulatedPool[]): readonly (readonly SimulatedPool[])[] {
  const groups: SimulatedPool[][] = tenants.map(() => []);
  for (const pool of pools) groups[pool.spec.tenant]?.push(pool);
  return groups;
}

interface Part {
  readonly jobs: number;
  readonly pools: readonly SimulatedPool[];
  readonly replayed: readonly SimulatedPool[] | undefined;
  /** Of its jobs that completed, in ascending order. */
  readonly waits: Float64Array;
  /** Jobs that waited. */
  readonly cold: number;
}

interface Waits {
  /** Waits by tenant, ascending within one. */
  readonly sorted: Float64Array;
  /** Where each tenant's begin, and the end. */
  readonly starts: Int32Array;
  readonly cold: Int32Array;
}

function waitsByTenant({ world, jobs }: State): Waits {
  const { order, tenants } = world;
  const tenantOf = (row: number) => world.pools[world.jobs.pool[row] ?? 0]?.tenant ?? 0;
  const starts = new Int32Array(tenants.length + 1);
  for (const row of order) starts[tenantOf(row) + 1] = (starts[tenantOf(row) + 1] ?? 0) + 1;
  for (let tenant = 0; tenant < tenants.length; tenant += 1) {
    starts[tenant + 1] = (starts[tenant + 1] ?? 0) + (starts[tenant] ?? 0);
  }
  const next = starts.slice();
  const cold = new Int32Array(tenants.length);
  const sorted = new Float64Array(order.length);
  for (const row of order) {
    const tenant = tenantOf(row);
    const waited = jobs.waited[row] ?? 0;
    sorted[next[tenant] ?? 0] = waited;
    next[tenant] = (next[tenant] ?? 0) + 1;
    if (waited > 0) cold[tenant] = (cold[tenant] ?? 0) + 1;
  }
  for (let tenant = 0; tenant < tenants.length; tenant += 1) {
    sorted.subarray(starts[tenant] ?? 0, starts[tenant + 1] ?? 0).sort();
  }
  return { sorted, starts, cold };
}

interface ResultContext {
  readonly optimum: Optimum;
  readonly world: World;
  readonly policy: string;
  readonly seed: number;
  readonly seconds: number;
}

function resultOf({ jobs, pools, replayed, waits, cold }: Part, context: ResultContext): PolicyResult {
  const gpuHours = (seconds: (pool: SimulatedPool) => number) =>
    sum(pools, (pool) => pool.spec.weight * seconds(pool)) / 3600;
  const idleGpuHours = gpuHours(({ idleSeconds }) => idleSeconds);
  const bootGpuHours = gpuHours(({ bootSeconds }) => bootSeconds);
  return {
    policy: context.policy,
    jobs,
    completed: waits.length,
    busyGpuHours: gpuHours(({ busySeconds }) => busySeconds),
    idleGpuHours,
    bootGpuHours,
    costUsd: sum(pools, ({ usd }) => usd),
    waitMeanSeconds: waits.length === 0 ? 0 : waits.reduce((total, wait) => total + wait, 0) / waits.length,
    waitP50Seconds: quantile(waits, 0.5),
    waitP95Seconds: quantile(waits, 0.95),
    coldShare: waits.length === 0 ? 0 : cold / waits.length,
    wasteSeconds: (idleGpuHours + bootGpuHours) * 3600,
    waitGpuSeconds: sum(pools, ({ waitGpuSeconds }) => waitGpuSeconds),
    ratioToOptimum: wholeRatio(pools, context.optimum),
    ratioOfGaps: replayed === undefined ? Number.NaN : gapRatio(replayed, context.optimum),
    launches: sum(pools, ({ launches }) => launches),
    interruptions: sum(pools, ({ interruptions }) => interruptions),
    seed: context.seed,
    seconds: context.seconds,
  };
}

function wholeRatio(pools: readonly SimulatedPool[], { whole }: Optimum): number {
  return ratio(
    wholeLoss(pools),
    sum(pools, ({ id }) => whole.pools[id] ?? 0),
  );
}

/** All that these pools wasted and made wait, in GPU-seconds. */
export function wholeLoss(pools: readonly SimulatedPool[]): number {
  return sum(pools, (pool) => lossOf(pool, pool.launches, pool.idleSeconds + pool.bootSeconds, pool.waitGpuSeconds));
}

/** Without first launches, which nobody can spare, and without the last idle time of a level, which ends no gap. */
function gapRatio(replayed: readonly SimulatedPool[], { gaps }: Optimum): number {
  const loss = sum(replayed, (pool) => {
    const { weight, costs } = pool.spec;
    const firsts = weight * pool.firstLaunches * breakEvenSeconds(costs);
    return lossOf(pool, pool.launches, pool.ledger.closed + pool.bootSeconds, pool.waitGpuSeconds) - firsts;
  });
  return ratio(
    loss,
    sum(replayed, ({ id }) => gaps.pools[id] ?? 0),
  );
}

/** In GPU-seconds: node-seconds that were wasted, waiting at its weight, and the fixed cost of launches in node time. */
function lossOf({ spec }: SimulatedPool, launches: number, wasted: number, waited: number): number {
  const { restartUsd, usdPerHour, waitingWeight } = spec.costs;
  const restarts = restartUsd === 0 ? 0 : (launches * restartUsd * 3600) / usdPerHour;
  return spec.weight * (wasted + restarts) + waitingWeight * waited;
}

function ratio(loss: number, optimum: number): number {
  if (optimum > 0) return loss / optimum;
  return loss <= 0 ? 1 : Number.POSITIVE_INFINITY;
}

/** The value that a share of `p` does not exceed; 0 of none. */
function quantile(sorted: Float64Array, p: number): number {
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? 0;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
