import { breakEvenSeconds } from "../costs.ts";
import type { Reason, Warm } from "../decision.ts";
import type { WarmPolicy } from "../policy.ts";
import type { PoolView } from "../pool.ts";
import { type Behaviour, demandClass, isBatch } from "./demand-class.ts";
import { criticalRatio, nodesWorthWarming, type Reaches, type WarmCosts } from "./newsvendor.ts";
import type { CoverWindow } from "./recurring-demand.ts";
import type { BudgetOptions } from "./warm-account.ts";
import { warmMemory } from "./warm-memory.ts";
import { followingReason, recurringReason } from "./warm-reasons.ts";

export interface NewsvendorOptions extends BudgetOptions {
  /** How often each pool is looked at. Default 120. */
  readonly reviewSeconds?: number | undefined;
  /** Nodes of one pool that are idle or on their way, at most. Default 32. */
  readonly maxWarmNodes?: number | undefined;
}

/** A warm node waits no longer than so many launches take: what comes later than that is launched for anew. */
const patienceInLaunches = 6;
/** A serving pool is ready for all but so many of its arrivals. */
const servingMiss = 0.05;

/** What is expected in a pool, from one kind of evidence. */
interface Expectation {
  readonly reaches: Reaches;
  readonly most: number;
  readonly gang: number;
  readonly untilSeconds: number;
  readonly reason: (nodes: number) => Reason;
}

/**
 * Warms nodes for what recurs at a time of day and for what tends to follow on what just came, as many as the newsvendor
 * would have in store. Where waiting is worth little, for what recurs only: being wrong about what follows costs more than
 * a cold start (`policy.md` 0.4). It stops where it has not paid.
 */
export function newsvendorWarm(options: NewsvendorOptions = {}): WarmPolicy {
  const { reviewSeconds = 120, maxWarmNodes = 32 } = options;
  const remembering = { ...options, patience: (pool: PoolView) => patienceOf(pool, reviewSeconds) };
  let memory = warmMemory(remembering);
  const expectations = (pool: PoolView): Expectation[] => {
    const window = coverWindow(pool, reviewSeconds);
    const recurs = memory.recurring.expected(pool, window);
    const follows = isBatch(pool.costs) ? undefined : memory.following.expected(pool, reviewSeconds);
    if (recurs === undefined && follows === undefined) return [];
    const { fromSeconds: readySeconds, patienceSeconds } = window;
    const untilSeconds = readySeconds + patienceSeconds;
    return [
      ...(recurs === undefined
        ? []
        : [{ ...recurs, untilSeconds, reason: (nodes: number) => recurringReason(pool, nodes, untilSeconds, recurs) }]),
      ...(follows === undefined
        ? []
        : [
            {
              ...follows,
              untilSeconds,
              reason: (nodes: number) => followingReason(pool, nodes, untilSeconds, follows),
            },
          ]),
    ];
  };

  return {
    name: "newsvendor",
    reviewSeconds,
    quietUntilSeconds: (pool) =>
      isBatch(pool.costs) || memory.following.isQuiet(pool, reviewSeconds)
        ? pool.nowSeconds + memory.recurring.quietSeconds(pool, coverWindow(pool, reviewSeconds))
        : pool.nowSeconds,
    observe: (pool, event) => memory.observe(pool, event),
    save: () => memory.save(),
    restore: (state) => {
      memory = warmMemory(remembering, state);
    },
    warm: (pool) => {
      const { account } = memory;
      const behaviour = memory.behaviourOf(pool);
      if (pool.nowSeconds < behaviour.notBeforeSeconds || !account.pays(pool)) return undefined;
      const expected = expectations(pool);
      if (expected.length === 0) return undefined;
      const holdSeconds = patienceOf(pool, reviewSeconds);
      const ratio = readiness(pool, behaviour, { holdSeconds, unusedShare: account.unusedShare(pool) });
      const ready = pool.idle.length + Math.max(0, pool.booting - pool.queued);
      return expected
        .map((each) => wantedOf(pool, each, { ratio, ready, leftUsd: account.leftUsd(pool), maxWarmNodes }))
        .reduce((most, each) => ((each?.nodes ?? 0) > (most?.nodes ?? 0) ? each : most), undefined);
    },
  };
}

/** Such a pool is warmed for what recurs only. */

/** Nodes launched now are ready from its start, and those of the next review from its end. */
function coverWindow(pool: PoolView, reviewSeconds: number): CoverWindow {
  const { costs, nowSeconds } = pool;
  const fromSeconds = nowSeconds + costs.launchSeconds + costs.loadSeconds;
  return { fromSeconds, toSeconds: fromSeconds + reviewSeconds, patienceSeconds: patienceOf(pool, reviewSeconds) };
}

/** How long a warm node waits for a job: H. */
function patienceOf({ costs }: PoolView, reviewSeconds: number): number {
  const launches = patienceInLaunches * (costs.launchSeconds + costs.loadSeconds);
  return Math.max(reviewSeconds, Math.min(launches, breakEvenSeconds(costs)));
}

/** The share of demand to be ready for. */
function readiness(pool: PoolView, behaviour: Behaviour, warm: WarmCosts): number {
  const ratio = criticalRatio(pool.costs, warm);
  return demandClass(pool.costs, behaviour) === "serving" ? Math.max(ratio, 1 - servingMiss) : ratio;
}

interface Limits {
  readonly ratio: number;
  readonly ready: number;
  readonly leftUsd: number;
  readonly maxWarmNodes: number;
}

function wantedOf(pool: PoolView, expected: Expectation, limits: Limits): Warm | undefined {
  const usdEach = ((expected.untilSeconds - pool.nowSeconds) * pool.costs.usdPerHour) / 3600;
  const affordable = limits.ready + (usdEach > 0 ? Math.floor(limits.leftUsd / usdEach) : limits.maxWarmNodes);
  const most = Math.min(expected.most, limits.maxWarmNodes, affordable);
  const wanted = nodesWorthWarming(expected.reaches, limits.ratio, { gang: expected.gang, most });
  if (wanted <= limits.ready) return undefined;
  return { nodes: wanted - limits.ready, untilSeconds: expected.untilSeconds, reason: expected.reason(wanted) };
}
