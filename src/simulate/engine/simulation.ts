import { eventKinds } from "./event-queue.ts";
import { gangEnds, gangNodeLost } from "./gang-ends.ts";
import { gangArrives, offerBooted } from "./gangs.ts";
import { askHolds, becomeIdle, holdEnds, removeIdle } from "./idle-nodes.ts";
import { launchMissing } from "./launch-missing.ts";
import { alreadyThere } from "./launches.ts";
import { nodeStates } from "./nodes.ts";
import type { SimulatedPool } from "./pool.ts";
import { beginReviews, review } from "./reviews.ts";
import { planShares, shareArrives, shareEnds, shareNodeLost, shareNodeReady } from "./shares.ts";
import type { State } from "./state.ts";
import { waitOver } from "./waits.ts";

/** Runs a simulation until the last job has ended; there the bills of all nodes that are left end too. */
export function runToEnd(state: State): void {
  const { world, queue, jobs } = state;
  const { order, trace, returns } = world;
  layFloors(state);
  let next = 0;
  while (jobs.completed < order.length) {
    // what follows an end comes with it, by the queue
    while (next < order.length && returns.after[order[next] ?? 0] !== -1) next += 1;
    const arrival = next < order.length ? (trace.jobs.submitSeconds[order[next] ?? 0] ?? 0) : Number.POSITIVE_INFINITY;
    if (queue.isBeforeArrival(arrival)) {
      queue.take();
      state.now = queue.time;
      happen(state);
    } else {
      state.now = arrival;
      arrive(state, order[next++] ?? 0);
    }
  }
  endBills(state);
}

function arrive(state: State, row: number): void {
  const pool = state.pool(state.world.jobs.pool[row] ?? 0);
  if (pool.spec.isShared) shareArrives(state, row);
  else gangArrives(state, row);
  beginReviews(state, pool);
}

function happen(state: State): void {
  const { kind, subject, token } = state.queue;
  if (kind === eventKinds.end) jobEnds(state, subject, token);
  else if (kind === eventKinds.arrival) arrive(state, subject);
  else if (kind === eventKinds.hold) holdEnds(state, subject, token);
  else if (kind === eventKinds.waitOver) waitOver(state, subject, token);
  else if (kind === eventKinds.review) review(state, state.pool(subject), token);
  else if (kind === eventKinds.retry) retry(state, state.pool(subject));
  else if (state.nodes.token[subject] === token) {
    if (kind === eventKinds.ready) nodeReady(state, subject);
    else nodeLost(state, subject);
  }
}

function jobEnds(state: State, row: number, run: number): void {
  if (state.jobs.run[row] !== run) return;
  const pool = state.world.pools[state.world.jobs.pool[row] ?? 0];
  if (pool?.isShared === true) shareEnds(state, row);
  else gangEnds(state, row);
}

function nodeReady(state: State, slot: number): void {
  const pool = state.poolOfNode(slot);
  pool.booting -= 1;
  pool.bootingSlots.delete(slot);
  state.sink?.nodeReady(state, slot);
  state.listener.launched(pool, state.now - (state.nodes.launchedAt[slot] ?? 0));
  if (pool.spec.isShared) {
    shareNodeReady(state, pool, slot);
    return;
  }
  const before = pool.idle.length;
  offerBooted(state, pool, slot);
  askHolds(state, pool, before);
}

/** A spot instance is taken back. */
function nodeLost(state: State, slot: number): void {
  const { nodes } = state;
  const pool = state.poolOfNode(slot);
  pool.interruptions += 1;
  if (nodes.state[slot] === nodeStates.idle) {
    removeIdle(state, pool, pool.idleSlots.indexOf(slot));
    state.retire(slot, pool, "interrupted");
    return;
  }
  if (nodes.state[slot] === nodeStates.booting) {
    pool.booting -= 1;
    pool.bootingSlots.delete(slot);
  }
  if (pool.spec.isShared) {
    shareNodeLost(state, pool, slot);
    return;
  }
  if (nodes.state[slot] !== nodeStates.booting) {
    gangNodeLost(state, pool, slot);
    return;
  }
  state.settle(slot, pool);
  state.retire(slot, pool, "interrupted");
  launchMissing(state, pool);
}

function retry(state: State, pool: SimulatedPool): void {
  pool.isRetrying = false;
  if (pool.spec.isShared) planShares(state, pool);
  else launchMissing(state, pool);
}

/** Nodes of an always-on group are there before the first job. */
function layFloors(state: State): void {
  const { floor } = state.policy;
  if (floor === undefined) return;
  for (const { id } of state.pools) {
    const pool = state.pool(id);
    pool.floor = Math.max(0, Math.floor(floor(pool)));
    for (let node = 0; node < pool.floor; node += 1) becomeIdle(state, alreadyThere(state, pool), -1);
  }
}

function endBills(state: State): void {
  const { nodes } = state;
  for (let slot = 0; slot < nodes.slots; slot += 1) {
    if (nodes.state[slot] === nodeStates.gone) continue;
    const pool = state.poolOfNode(slot);
    if (nodes.state[slot] === nodeStates.idle) removeIdle(state, pool, pool.idleSlots.indexOf(slot));
    else state.settle(slot, pool);
    state.retire(slot, pool, "the last job has ended");
  }
}
