import type { Policy } from "../policy.ts";
import type { PoolCosts, PoolView } from "../pool.ts";
import { nodeWeight, Overhead } from "./overhead.ts";
import { priced } from "./priced-pool.ts";
import { TimerShadow } from "./timer-shadow.ts";

export interface ColdStartOptions {
  /** The fixed timer whose overhead may be spent, in seconds: 600 is the Cluster Autoscaler's. */
  readonly referenceSeconds?: number | undefined;
  /** How much of that timer's overhead may be spent, 1 is all of it. */
  readonly share?: number | undefined;
}

/** A cold start is first taken to be worth so many times what the timer holds a node of one GPU for. */
const firstPrice = 12;
/** The price stays within e^5 times of the first one, up and down. */
const furthest = 5;
/** How strongly the price follows what is left of the budget, at once and by the day. */
const [gain, dailyGain] = [6, 3];
const daySeconds = 86_400;
const halfLifeSeconds = 2 * daySeconds;
/** A budget is at least what the timer takes for so many nodes of one GPU. */
const leastGaps = 40;
/** A node is asked about again after so long: the price may have changed. */
const longestHoldSeconds = 1800;

/**
 * Spends on idle nodes and launches what a fixed timer would have spent on the same demand, where it spares most jobs a
 * wait for a boot: one price λ on a cold start for all pools, whatever their nodes cost, under which each pool holds and
 * warms as its own cost model says. λ rises while less is spent than the timer would have, and falls while it is more, so
 * that nothing has to be configured; a job of one small node and one of a large gang are one wait each.
 */
export function fewestColdStarts(policy: Policy, options: ColdStartOptions = {}): Policy {
  const { referenceSeconds = 600, share = 1 } = options;
  const [timer, own] = [new TimerShadow(referenceSeconds), new Overhead()];
  const price = budgetPrice(leastGaps * referenceSeconds);
  const weight = (pool: PoolView): number => {
    const relative = price(share * timer.gpuSeconds, own.gpuSeconds, pool.nowSeconds);
    const nodeSeconds = (referenceSeconds * firstPrice * relative) / nodeWeight(pool);
    return nodeSeconds / Math.max(1, startSeconds(pool.costs));
  };
  const inner = priced(policy, weight);
  const { warm } = inner;
  return {
    ...inner,
    ...(warm !== undefined && {
      warm: {
        ...warm,
        // the price moves in quiet times too
        quietUntilSeconds: ({ nowSeconds }) => nowSeconds,
        warm: (pool) => {
          // warm nodes become idle without that anybody is asked to hold them
          own.look(pool);
          return warm.warm(pool);
        },
      },
    }),
    release: {
      ...inner.release,
      hold: (pool, index) => {
        own.look(pool);
        const hold = inner.release.hold(pool, index);
        const latest = pool.nowSeconds + longestHoldSeconds;
        return hold.untilSeconds <= latest ? hold : { ...hold, untilSeconds: latest };
      },
      observe: (pool, event) => {
        timer.observe(pool, event);
        own.observe(pool, event);
        inner.release.observe?.(pool, event);
      },
    },
  };
}

const startSeconds = ({ launchSeconds, loadSeconds }: PoolCosts) => launchSeconds + loadSeconds;

/**
 * The price of a cold start, relative to the first one: e to the power of the share of the budget that is left, now and
 * over time. What was allowed and spent long ago counts less, and no budget is smaller than `least`.
 */
function budgetPrice(least: number) {
  let [allowed, spent, left, budget, drift, at] = [0, 0, 0, 0, 0, 0];
  return (allowedNow: number, spentNow: number, nowSeconds: number): number => {
    const seconds = Math.max(0, nowSeconds - at);
    const decay = 2 ** (-seconds / halfLifeSeconds);
    left = left * decay + (allowedNow - allowed) - (spentNow - spent);
    budget = budget * decay + (allowedNow - allowed);
    [allowed, spent, at] = [allowedNow, spentNow, Math.max(at, nowSeconds)];
    const share = left / Math.max(least, budget);
    drift = within(drift + (dailyGain * share * seconds) / daySeconds);
    return Math.exp(within(drift + gain * share));
  };
}

const within = (exponent: number) => Math.min(furthest, Math.max(-furthest, exponent));
