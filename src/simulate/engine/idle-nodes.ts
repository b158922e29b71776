import { leastBilledSeconds } from "../../timeline/nodes.ts";
import { eventKinds } from "./event-queue.ts";
import { nodeStates } from "./nodes.ts";
import type { SimulatedPool } from "./pool.ts";
import type { State } from "./state.ts";

/** A hold is at least so long, or time would stand still with a policy that asks for less. */
const shortestHoldSeconds = 0.001;

/** The node has nothing to do from now on. What is to become of it is asked later, by `askHolds`. */
export function becomeIdle(state: State, slot: number, departure: number): void {
  const { nodes, now } = state;
  const pool = state.poolOfNode(slot);
  state.settle(slot, pool);
  nodes.state[slot] = nodeStates.idle;
  nodes.departure[slot] = departure;
  const face = nodes.faces[slot];
  if (face === undefined) return;
  face.idleSinceSeconds = now;
  pool.pushIdle(slot, face);
}

/** Takes the node that became idle last out of the stack; -1: there is none. */
export function takeIdle(state: State, pool: SimulatedPool): number {
  const slot = pool.popIdle();
  if (slot === -1) return slot;
  pool.ledger.closed += state.settle(slot, pool);
  state.nodes.warmUntil[slot] = Number.NaN;
  return slot;
}

/** That a node is given back when all that happens at this moment has happened. */
const doomed = -1;

/**
 * Asks about the nodes at this place of the stack and above, the top one first. None goes before this moment is over: a
 * job that comes now may still take it.
 */
export function askHolds(state: State, pool: SimulatedPool, from: number): void {
  for (let index = pool.idle.length - 1; index >= from; index -= 1) askHold(state, pool, index, doom);
}

type Give = (state: State, pool: SimulatedPool, index: number) => void;

function askHold(state: State, pool: SimulatedPool, index: number, give: Give): void {
  const { nodes, now } = state;
  const slot = pool.idleSlots[index] ?? 0;
  const until = wantedUntil(state, pool, index);
  const earliest = (nodes.launchedAt[slot] ?? 0) + leastBilledSeconds;
  if (until > now) hold(state, slot, Math.max(until, earliest, now + shortestHoldSeconds));
  else if (earliest > now) hold(state, slot, earliest);
  else give(state, pool, index);
}

function doom(state: State, pool: SimulatedPool, index: number): void {
  const slot = pool.idleSlots[index] ?? 0;
  state.nodes.heldUntil[slot] = doomed;
  setTimer(state, slot, state.now);
}

/** Until when the node is wanted; a node of the pool's floor for ever, one that was warmed until its warmth is over. */
function wantedUntil(state: State, pool: SimulatedPool, index: number): number {
  if (isOfFloor(pool)) return Number.POSITIVE_INFINITY;
  const warmUntil = state.nodes.warmUntil[pool.idleSlots[index] ?? 0] ?? Number.NaN;
  if (!Number.isNaN(warmUntil)) return warmUntil;
  return state.policy.release.hold(pool, index).untilSeconds;
}

/** Whether all nodes that are left belong to the group that is always there. */
function isOfFloor({ busy, booting, idle, floor }: SimulatedPool): boolean {
  return busy + booting + idle.length <= floor;
}

/** One timer for a node is enough: one that is due earlier looks again when it fires. */
function hold(state: State, slot: number, until: number): void {
  const { nodes } = state;
  nodes.heldUntil[slot] = until;
  if (until < Number.POSITIVE_INFINITY && (nodes.timerAt[slot] ?? 0) > until) setTimer(state, slot, until);
}

function setTimer({ nodes, queue }: State, slot: number, until: number): void {
  const token = (nodes.timerToken[slot] ?? 0) + 1;
  nodes.timerToken[slot] = token;
  nodes.timerAt[slot] = until;
  queue.add(until, eventKinds.hold, slot, token);
}

export function holdEnds(state: State, slot: number, token: number): void {
  const { nodes, now } = state;
  if (nodes.timerToken[slot] !== token) return;
  nodes.timerAt[slot] = Number.POSITIVE_INFINITY;
  if (nodes.state[slot] !== nodeStates.idle) return;
  const until = nodes.heldUntil[slot] ?? 0;
  if (until > now) {
    hold(state, slot, until);
    return;
  }
  const pool = state.poolOfNode(slot);
  const index = pool.idleSlots.indexOf(slot);
  if (until === doomed && !isOfFloor(pool)) release(state, pool, index);
  else askHold(state, pool, index, release);
}

function release(state: State, pool: SimulatedPool, index: number): void {
  const slot = pool.idleSlots[index] ?? 0;
  const seconds = removeIdle(state, pool, index);
  state.retire(slot, pool, "idle");
  state.listener.released(pool, seconds);
}

/** Takes an idle node out that no job took; what its idling cost belongs to the level that it was left on. */
export function removeIdle(state: State, pool: SimulatedPool, index: number): number {
  const slot = pool.idleSlots[index] ?? 0;
  const seconds = state.settle(slot, pool);
  pool.removeIdle(index);
  pool.ledger.release(state.nodes.departure[slot] ?? -1, seconds);
  return seconds;
}
