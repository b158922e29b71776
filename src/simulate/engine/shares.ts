import { askHolds, becomeIdle, takeIdle } from "./idle-nodes.ts";
import { alreadyThere, chargedNode, launch } from "./launches.ts";
import { nodeStates } from "./nodes.ts";
import type { SimulatedPool } from "./pool.ts";
import { finishRun, startRun, stopRun, submitted } from "./runs.ts";
import { addTo, bestFit, fitsOn, removeFrom } from "./share-room.ts";
import type { State } from "./state.ts";

/**
 * A job that takes a share of a GPU: on the fullest node that has room and runs something, else on an idle one, else it
 * waits for a node that is on its way, else it launches one.
 */
export function shareArrives(state: State, row: number): void {
  const { jobs, world, now } = state;
  const pool = state.pool(world.jobs.pool[row] ?? 0);
  submitted(state, pool, row);
  jobs.lacking[row] = 0;
  if (startsAtOnce(state, pool, row)) return;
  const isWarm = world.trace.jobs.warm[row] === 1;
  if (isWarm || state.isReplay) {
    const isFirst = !pool.ledger.take();
    useNode(state, pool, isWarm ? alreadyThere(state, pool) : chargedNode(state, pool, isFirst));
    startsAtOnce(state, pool, row);
    return;
  }
  jobs.missed[row] = 1;
  jobs.since[row] = now;
  pool.waiting.add(row);
  state.sink?.jobWaits(state, row, pool);
  awaitNode(state, pool, row);
}

function startsAtOnce(state: State, pool: SimulatedPool, row: number): boolean {
  let slot = bestFit(state, pool, row, nodeStates.busy);
  if (slot === -1 && pool.idle.length > 0) {
    slot = takeIdle(state, pool);
    pool.ledger.take();
    useNode(state, pool, slot);
  }
  if (slot === -1) return false;
  addTo(state, slot, row);
  startRun(state, pool, row);
  return true;
}

/** A node that was idle, or was there already, has pods from now on. */
function useNode({ nodes }: State, pool: SimulatedPool, slot: number): void {
  nodes.state[slot] = nodeStates.busy;
  pool.sharedSlots.push(slot);
  pool.busy += 1;
}

/** Plans a waiting job on a node that is booting, or launches one. */
function awaitNode(state: State, pool: SimulatedPool, row: number): void {
  let slot = bestFit(state, pool, row, nodeStates.booting);
  if (slot === -1) {
    pool.ledger.take();
    state.jobs.lacking[row] = 1;
    pool.queued += 1;
    slot = launch(state, pool, { warmUntil: Number.NaN, nodes: 1 });
    if (slot === -1) return;
  }
  addTo(state, slot, row);
}

/** After a refusal: jobs that are planned nowhere try again. */
export function planShares(state: State, pool: SimulatedPool): void {
  for (let index = 0; index < pool.waiting.length; index += 1) {
    const row = pool.waiting.at(index);
    if (state.jobs.head[row] !== -1) continue;
    let slot = bestFit(state, pool, row, nodeStates.booting);
    if (slot === -1) slot = launch(state, pool, { warmUntil: Number.NaN, nodes: 1 });
    if (slot === -1) return;
    addTo(state, slot, row);
  }
}

/** A node is ready: the jobs that were planned on it start, and what else fits; it idles when there is nothing. */
export function shareNodeReady(state: State, pool: SimulatedPool, slot: number): void {
  const { nodes, jobs } = state;
  state.settle(slot, pool);
  if (nodes.job[slot] === -1 && !hasTaker(state, pool, slot)) {
    pool.sharedSlots.splice(pool.sharedSlots.indexOf(slot), 1);
    becomeIdle(state, slot, pool.ledger.top);
    askHolds(state, pool, pool.idle.length - 1);
    return;
  }
  nodes.warmUntil[slot] = Number.NaN;
  nodes.state[slot] = nodeStates.busy;
  pool.busy += 1;
  for (let index = 0; index < pool.waiting.length; ) {
    const row = pool.waiting.at(index);
    if (jobs.head[row] === slot) startWaiting(state, pool, index);
    else index += 1;
  }
  fillNode(state, pool, slot);
}

function hasTaker(state: State, pool: SimulatedPool, slot: number): boolean {
  for (let index = 0; index < pool.waiting.length; index += 1) {
    if (fitsOn(state, slot, pool.waiting.at(index))) return true;
  }
  return false;
}

/** Jobs that wait for another node and fit on this one start on it. */
function fillNode(state: State, pool: SimulatedPool, slot: number): void {
  for (let index = 0; index < pool.waiting.length; ) {
    const row = pool.waiting.at(index);
    if (!fitsOn(state, slot, row)) {
      index += 1;
      continue;
    }
    if (state.jobs.head[row] !== -1) removeFrom(state, row);
    addTo(state, slot, row);
    startWaiting(state, pool, index);
  }
}

function startWaiting(state: State, pool: SimulatedPool, index: number): void {
  const row = pool.waiting.at(index);
  pool.waiting.removeAt(index);
  pool.queued -= state.jobs.lacking[row] ?? 0;
  state.jobs.lacking[row] = 0;
  startRun(state, pool, row);
}

/** A job on a share is through: others take its room; a node that is empty then idles. */
export function shareEnds(state: State, row: number): void {
  const { jobs, nodes, world } = state;
  const pool = state.pool(world.jobs.pool[row] ?? 0);
  const slot = jobs.head[row] ?? -1;
  const face = jobs.faces[row];
  removeFrom(state, row);
  const isEmpty = nodes.job[slot] === -1;
  if (isEmpty) pool.busy -= 1;
  finishRun(state, pool, row);
  const node = nodes.faces[slot];
  if (node !== undefined) node.last = face;
  if (isEmpty && !hasTaker(state, pool, slot)) {
    pool.sharedSlots.splice(pool.sharedSlots.indexOf(slot), 1);
    becomeIdle(state, slot, pool.ledger.leave());
    askHolds(state, pool, pool.idle.length - 1);
    return;
  }
  if (isEmpty) pool.busy += 1;
  fillNode(state, pool, slot);
}

/** EC2 takes a node back: its jobs wait again, or it was on its way for jobs that wait. */
export function shareNodeLost(state: State, pool: SimulatedPool, slot: number): void {
  const { nodes, jobs } = state;
  const isBusy = nodes.state[slot] === nodeStates.busy;
  pool.sharedSlots.splice(pool.sharedSlots.indexOf(slot), 1);
  if (isBusy) pool.busy -= 1;
  for (let row = nodes.job[slot] ?? -1; row !== -1; row = nodes.job[slot] ?? -1) {
    removeFrom(state, row);
    if (!isBusy) continue;
    stopRun(state, pool, row);
    state.sink?.jobInterrupted(state, row);
    jobs.missed[row] = 1;
    pool.waiting.addFirst(row);
  }
  state.settle(slot, pool);
  state.retire(slot, pool, "interrupted");
  planShares(state, pool);
}
