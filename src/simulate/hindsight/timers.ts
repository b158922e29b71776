import { breakEvenSeconds } from "../../policy/costs.ts";
import type { World } from "../world/world.ts";
import type { Levels } from "./levels.ts";

/** A fixed timer, and what it comes to over all gaps if departures and arrivals are those of the trace. */
export interface TimerCost {
  readonly seconds: number;
  /** GPU-seconds of idling and cold starts, without first uses and last idle times. */
  readonly cost: number;
}

/** What a fixed timer costs: a gap that is not longer costs itself, a longer one the timer and a cold start. */
export function timerCost(world: World, { gaps }: Levels, seconds: number): number {
  const prices = poolPrices(world);
  let cost = 0;
  for (let index = 0; index < gaps.count; index += 1) {
    const gap = gaps.seconds[index] ?? 0;
    const pool = gaps.pool[index] ?? 0;
    const each = gap <= seconds ? gap : seconds + (prices.breakEven[pool] ?? 0);
    cost += each * (gaps.levels[index] ?? 0) * (prices.weight[pool] ?? 0);
  }
  return cost;
}

/**
 * The best timer for all pools, known only afterwards. Exact: between two gaps that were seen a longer timer only costs
 * more, so that 0 and the gaps themselves are all there is to try.
 */
export function bestTimer(world: World, levels: Levels): TimerCost {
  const { gaps } = levels;
  const prices = poolPrices(world);
  const order = Int32Array.from({ length: gaps.count }, (_, index) => index);
  order.sort((a, b) => (gaps.seconds[a] ?? 0) - (gaps.seconds[b] ?? 0) || a - b);
  let [longer, toStart, within] = [0, 0, 0];
  for (const index of order) {
    const mass = massOf(gaps, prices, index);
    longer += mass;
    toStart += mass * (prices.breakEven[gaps.pool[index] ?? 0] ?? 0);
  }
  let best: TimerCost = { seconds: 0, cost: toStart };
  for (let at = 0; at < order.length; at += 1) {
    const index = order[at] ?? 0;
    const gap = gaps.seconds[index] ?? 0;
    const mass = massOf(gaps, prices, index);
    longer -= mass;
    toStart -= mass * (prices.breakEven[gaps.pool[index] ?? 0] ?? 0);
    within += mass * gap;
    if (at + 1 < order.length && gaps.seconds[order[at + 1] ?? 0] === gap) continue;
    const cost = within + longer * gap + toStart;
    if (cost < best.cost || gap === 0) best = { seconds: gap, cost };
  }
  return best;
}

interface PoolPrices {
  readonly weight: Float64Array;
  readonly breakEven: Float64Array;
}

function poolPrices({ pools }: World): PoolPrices {
  return {
    weight: Float64Array.from(pools, ({ weight }) => weight),
    breakEven: Float64Array.from(pools, ({ costs }) => breakEvenSeconds(costs)),
  };
}

function massOf(gaps: Levels["gaps"], { weight }: PoolPrices, index: number): number {
  return (gaps.levels[index] ?? 0) * (weight[gaps.pool[index] ?? 0] ?? 0);
}
