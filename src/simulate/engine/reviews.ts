import type { Warm } from "../../policy/decision.ts";
import { eventKinds } from "./event-queue.ts";
import { launch } from "./launches.ts";
import type { SimulatedPool } from "./pool.ts";
import type { State } from "./state.ts";

/** A pool that nobody used for so long is dead, until somebody does: a weekly job keeps one alive. */
const lifeSeconds = 8 * 86_400;
/** More at once is a mistake of the policy. */
const mostNodes = 1000;

/**
 * From a pool's first job on the warm policy is asked at regular times, but for those at which it has nothing to say as
 * long as no job arrives: a job that does brings the next of them back.
 */
export function beginReviews(state: State, pool: SimulatedPool): void {
  if (state.policy.warm === undefined) return;
  if (!pool.isReviewed) {
    pool.isReviewed = true;
    pool.reviewedAt = state.now;
  } else if (pool.nextReview <= nextReviewOf(state, pool, state.now)) return;
  setReview(state, pool, nextReviewOf(state, pool, state.now));
}

/** Reviews end with the last submission of the trace: what is warmed then serves nobody, with any policy. */
export function review(state: State, pool: SimulatedPool, token: number): void {
  if (token !== pool.reviewToken) return;
  const { policy, now, jobs, world } = state;
  const isOver = jobs.submitted === world.order.length;
  pool.isReviewed = false;
  if (policy.warm === undefined || isOver || now - pool.lastArrival > lifeSeconds) return;
  const warm = policy.warm.warm(pool);
  if (warm !== undefined) launchWarm(state, pool, warm);
  pool.isReviewed = true;
  pool.reviewedAt = now;
  const quiet = policy.warm.quietUntilSeconds?.(pool) ?? now;
  setReview(state, pool, nextReviewOf(state, pool, Math.min(quiet, pool.lastArrival + lifeSeconds)));
}

/** The first of its regular times from then on. */
function nextReviewOf({ policy }: State, pool: SimulatedPool, from: number): number {
  const every = Math.max(1, policy.warm?.reviewSeconds ?? 1);
  let at = pool.reviewedAt + every;
  while (at < from) at += every;
  return at;
}

function setReview({ queue }: State, pool: SimulatedPool, at: number): void {
  pool.nextReview = at;
  pool.reviewToken += 1;
  queue.add(at, eventKinds.review, pool.id, pool.reviewToken);
}

function launchWarm(state: State, pool: SimulatedPool, { nodes: wanted, untilSeconds }: Warm): void {
  const before = pool.launches;
  for (let left = Math.min(mostNodes, Math.floor(wanted)); left > 0; left -= 1) {
    if (launch(state, pool, { warmUntil: untilSeconds, nodes: 1 }) === -1) break;
  }
  const nodes = pool.launches - before;
  if (nodes > 0) state.listener.warmed(pool, nodes, untilSeconds);
}
