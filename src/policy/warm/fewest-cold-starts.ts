import * as v from "valibot";

import { amount, checkedState, finite } from "../learned-state.ts";
import type { LearnedState, Policy, ReleasePolicy } from "../policy.ts";
import type { PoolCosts, PoolView } from "../pool.ts";
import { nodeWeight, Overhead, savedOverhead } from "./overhead.ts";
import { priced } from "./priced-pool.ts";
import { savedShadow, TimerShadow } from "./timer-shadow.ts";

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
    const relative = price.of(share * timer.gpuSeconds, own.gpuSeconds, pool.nowSeconds);
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
      ...keeping(inner.release, { timer, own, price }),
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

const kind = { policy: "fewest-cold-starts", version: 1, of: "the policy of fewest cold starts" };
const savedPrice = v.strictObject({
  allowed: amount,
  spent: amount,
  left: finite,
  budget: amount,
  drift: v.pipe(finite, v.minValue(-furthest), v.maxValue(furthest)),
  at: finite,
});
const saved = v.strictObject({
  release: v.nullable(
    v.strictObject({ policy: v.string(), version: v.number(), pools: v.record(v.string(), v.unknown()) }),
  ),
  timer: savedShadow,
  overhead: savedOverhead,
  price: savedPrice,
});

interface Kept {
  readonly timer: TimerShadow;
  readonly own: Overhead;
  readonly price: ReturnType<typeof budgetPrice>;
}

/** What holds were learned, and how the budget stands. */
function keeping(
  release: ReleasePolicy,
  { timer, own, price }: Kept,
): Required<Pick<ReleasePolicy, "save" | "restore">> {
  return {
    save: (): LearnedState => ({
      policy: kind.policy,
      version: kind.version,
      pools: {
        release: release.save?.() ?? null,
        timer: timer.save(),
        overhead: own.save(),
        price: { ...price.state },
      },
    }),
    restore: (state) => {
      const read = checkedState(state, saved, kind);
      if (read.release !== null) release.restore?.(read.release);
      timer.restore(read.timer);
      own.restore(read.overhead);
      Object.assign(price.state, read.price);
    },
  };
}

const startSeconds = ({ launchSeconds, loadSeconds }: PoolCosts) => launchSeconds + loadSeconds;

/**
 * The price of a cold start, relative to the first one: e to the power of the share of the budget that is left, now and
 * over time. What was allowed and spent long ago counts less, and no budget is smaller than `least`.
 */
function budgetPrice(least: number) {
  const state = { allowed: 0, spent: 0, left: 0, budget: 0, drift: 0, at: 0 };
  return {
    state,
    of: (allowedNow: number, spentNow: number, nowSeconds: number): number => {
      const seconds = Math.max(0, nowSeconds - state.at);
      const decay = 2 ** (-seconds / halfLifeSeconds);
      state.left = state.left * decay + (allowedNow - state.allowed) - (spentNow - state.spent);
      state.budget = state.budget * decay + (allowedNow - state.allowed);
      [state.allowed, state.spent, state.at] = [allowedNow, spentNow, Math.max(state.at, nowSeconds)];
      const share = state.left / Math.max(least, state.budget);
      state.drift = within(state.drift + (dailyGain * share * seconds) / daySeconds);
      return Math.exp(within(state.drift + gain * share));
    },
  };
}

const within = (exponent: number) => Math.min(furthest, Math.max(-furthest, exponent));
