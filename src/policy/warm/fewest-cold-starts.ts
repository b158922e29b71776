import { holdTrial } from "../guard/hold-trial.ts";
import type { Policy } from "../policy.ts";
import type { PoolCosts, PoolView } from "../pool.ts";
import { priced } from "./priced-pool.ts";

export interface ColdStartOptions {
  /** The fixed timer whose overhead may be spent, in seconds: 600 is the Cluster Autoscaler's. */
  readonly referenceSeconds?: number | undefined;
  /** How much of that timer's overhead may be spent, 1 is all of it. */
  readonly share?: number | undefined;
}

/** A cold start is first taken to be worth so many times what the timer holds the cheapest node for. */
const firstPrice = 24;
/** The price stays within so many times of the first one, e^4. */
const furthest = 4;
/** How strongly the price follows what is left of the budget. */
const gain = 3;
/** Gaps that the budget is reckoned over at least, and days after which spending is forgotten by half. */
const fewestGaps = 100;
const halfLifeSeconds = 2 * 86_400;

/**
 * Spends on idle nodes and launches what a fixed timer would have spent on the same demand, where it spares most jobs a
 * wait for a boot: one price λ on a cold start for all pools, whatever their nodes cost, under which each pool holds and
 * warms as its own cost model says. λ rises while less is spent than the timer would have, and falls while it is more, so
 * that nothing has to be configured; a job of one small node and one of a large gang are one wait each.
 */
export function fewestColdStarts(policy: Policy, options: ColdStartOptions = {}): Policy {
  const { referenceSeconds = 600, share = 1 } = options;
  const budget = overheadBudget(share);
  let cheapest = Number.POSITIVE_INFINITY;
  const trial = holdTrial(budget.settled, startSeconds);
  const weight = (pool: PoolView): number => {
    const { costs } = pool;
    const usdPerSecond = costs.usdPerHour / 3600;
    if (!(usdPerSecond > 0)) return costs.waitingWeight;
    cheapest = Math.min(cheapest, usdPerSecond);
    const coldUsd = cheapest * referenceSeconds * firstPrice * budget.price();
    return coldUsd / (usdPerSecond * Math.max(1, startSeconds(costs)));
  };
  const inner = priced(policy, weight);
  return {
    ...inner,
    release: {
      ...inner.release,
      hold: (pool, index) => {
        const hold = inner.release.hold(pool, index);
        const since = pool.idle[index]?.idleSinceSeconds ?? pool.nowSeconds;
        trial.held(pool, index, { learned: hold.untilSeconds, plain: since + referenceSeconds });
        return hold;
      },
      observe: (pool, event) => {
        trial.observe(pool, event);
        inner.release.observe?.(pool, event);
      },
    },
  };
}

const startSeconds = ({ launchSeconds, loadSeconds }: PoolCosts) => launchSeconds + loadSeconds;

/** The price of a cold start, relative to the first one, from what gaps cost and would have cost under the timer. */
function overheadBudget(share: number) {
  let [left, reference, gaps, at] = [0, 0, 0, 0];
  return {
    settled: (usd: { readonly learned: number; readonly plain: number }, { nowSeconds }: PoolView): void => {
      const decay = 2 ** (-Math.max(0, nowSeconds - at) / halfLifeSeconds);
      at = Math.max(at, nowSeconds);
      [left, reference, gaps] = [left * decay, reference * decay, gaps * decay];
      left += share * usd.plain - usd.learned;
      reference += share * usd.plain;
      gaps += 1;
    },
    price: (): number => {
      if (reference === 0) return 1;
      const most = reference * Math.max(1, fewestGaps / gaps);
      return Math.exp(Math.min(furthest, Math.max(-furthest, (gain * left) / most)));
    },
  };
}
