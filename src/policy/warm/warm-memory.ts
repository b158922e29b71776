import * as v from "valibot";

import { ByPool } from "../by-pool.ts";
import { amount, checkedState, count, ofPools } from "../learned-state.ts";
import type { LearnedState } from "../policy.ts";
import type { PoolEvent, PoolView } from "../pool.ts";
import { isLongLived } from "./demand-class.ts";
import { type Following, followingDemand, savedFollowing } from "./following-demand.ts";
import { type Recurring, recurringDemand, savedRecurring } from "./recurring-demand.ts";
import { type BudgetOptions, savedAccount, type WarmAccount, warmAccount } from "./warm-account.ts";

const firstBackOffSeconds = 300;
const longestBackOffSeconds = 3600;
/** After so many refusals in a row the pause is as long as it gets. */
const mostRefusals = 16;

const behaviour = v.strictObject({ ended: count, longLived: count, refusals: count, notBeforeSeconds: amount });
const saved = v.strictObject({
  behaviour: ofPools(behaviour),
  account: savedAccount,
  recurring: savedRecurring,
  following: savedFollowing,
});
const kind = { policy: "newsvendor", version: 1, of: "the warm policy" };

/** What a pool's jobs are like, and since when and until when its launches are refused. */
export type PoolBehaviour = v.InferOutput<typeof behaviour>;

export interface WarmMemoryOptions extends BudgetOptions {
  /** For how long a node that is launched now waits for a job. */
  readonly patience: (pool: PoolView) => number;
}

/** All that the warm policy has learned. */
export interface WarmMemory {
  readonly account: WarmAccount;
  readonly recurring: Recurring;
  readonly following: Following;
  behaviourOf(pool: PoolView): PoolBehaviour;
  observe(pool: PoolView, event: PoolEvent): void;
  save(): LearnedState;
}

/** A memory of nothing, or of what `save` gave; throws a Failure at anything else. */
export function warmMemory({ patience, ...budget }: WarmMemoryOptions, state?: LearnedState): WarmMemory {
  const pools = new ByPool((): PoolBehaviour => ({ ended: 0, longLived: 0, refusals: 0, notBeforeSeconds: 0 }));
  const parts = { account: warmAccount(budget), recurring: recurringDemand(), following: followingDemand(patience) };
  const { account, recurring, following } = parts;
  if (state !== undefined) {
    const read = checkedState(state, saved, kind);
    pools.restore(read.behaviour, Object.assign);
    account.restore(read.account);
    recurring.restore(read.recurring);
    following.restore(read.following);
  }
  return {
    ...parts,
    behaviourOf: (pool) => pools.of(pool),
    observe: (pool, event) => {
      account.observe(pool, event);
      remember(pools.of(pool), pool, event);
      if (event.type === "arrived") recurring.arrived(pool, event.job);
      if (event.type === "arrived") following.arrived(pool, event.job);
      if (event.type === "ended") following.ended(pool, event.job);
    },
    save: () => ({
      policy: kind.policy,
      version: kind.version,
      pools: {
        behaviour: pools.save((own) => ({ ...own })),
        account: account.save(),
        recurring: recurring.save(),
        following: following.save(),
      },
    }),
  };
}

function remember(own: PoolBehaviour, pool: PoolView, event: PoolEvent): void {
  if (event.type === "ended") {
    own.ended += 1;
    if (isLongLived(event.job.endSeconds - event.job.startSeconds)) own.longLived += 1;
  }
  if (event.type === "launched") own.refusals = 0;
  if (event.type !== "refused") return;
  const pause = Math.min(longestBackOffSeconds, firstBackOffSeconds * 2 ** own.refusals);
  own.notBeforeSeconds = pool.nowSeconds + pause;
  own.refusals = Math.min(mostRefusals, own.refusals + 1);
}
