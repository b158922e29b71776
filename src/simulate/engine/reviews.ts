import type { Warm } from "../../policy/decision.ts";
import { eventKinds } from "./event-queue.ts";
import { launch } from "./launches.ts";
import type { SimulatedPool } from "./pool.ts";
import type { State } from "./state.ts";

/** A pool that nobody used for so long is dead, until somebody does: a weekly job keeps one alive. */
const lifeSeconds = 8 * 86_400;
/** More at once is a mistake of the policy. */
const mostNodes = 1000;

/** From a pool's first job on the warm policy is asked at regular times. */
export function beginReviews({ policy, queue, now }: State, pool: SimulatedPool): void {
  if (policy.warm === undefined || pool.isReviewed) return;
  pool.isReviewed = true;
  queue.add(now + Math.max(1, policy.warm.reviewSeconds), eventKinds.review, pool.id, 0);
}

/** Reviews end with the last submission of the trace: what is warmed then serves nobody, with any policy. */
export function review(state: State, pool: SimulatedPool): void {
  const { policy, now, jobs, world } = state;
  const isOver = jobs.submitted === world.order.length;
  pool.isReviewed = false;
  if (policy.warm === undefined || isOver || now - pool.lastArrival > lifeSeconds) return;
  const warm = policy.warm.warm(pool);
  if (warm !== undefined) launchWarm(state, pool, warm);
  beginReviews(state, pool);
}

function launchWarm(state: State, pool: SimulatedPool, { nodes: wanted, untilSeconds }: Warm): void {
  const before = pool.launches;
  for (let left = Math.min(mostNodes, Math.floor(wanted)); left > 0; left -= 1) {
    if (launch(state, pool, { warmUntil: untilSeconds, nodes: 1 }) === -1) break;
  }
  const nodes = pool.launches - before;
  if (nodes > 0) state.listener.warmed(pool, nodes, untilSeconds);
}
