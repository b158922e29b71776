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

/** Asks about the nodes at this place of the stack and above, the top one first. */
export function askHolds(state: State, pool: SimulatedPool, from: number): void {
  for (let index = pool.idle.length - 1; index >= from; index -= 1) askHold(state, pool, index);
}

function askHold(state: State, pool: SimulatedPool, index: number): void {
  const { nodes, now } = state;
  const slot = pool.idleSlots[index] ?? 0;
  const until = wantedUntil(state, pool, index);
  const earliest = (nodes.launchedAt[slot] ?? 0) + leastBilledSeconds;
  if (until > now) hold(state, slot, Math.max(until, earliest, now + shortestHoldSeconds));
  else if (earliest > now) hold(state, slot, earliest);
  else release(state, pool, index);
}

/** Until when the node is wanted; a node of the pool's floor for ever, one that was warmed until its warmth is over. */
function wantedUntil(state: State, pool: SimulatedPool, index: number): number {
  if (pool.busy + pool.booting + pool.idle.length <= pool.floor) return Number.POSITIVE_INFINITY;
  const warmUntil = state.nodes.warmUntil[pool.idleSlots[index] ?? 0] ?? Number.NaN;
  if (!Number.isNaN(warmUntil)) return warmUntil;
  return state.policy.release.hold(pool, index).untilSeconds;
}

/** One timer for a node is enough: one that is due earlier looks again when it fires. */
function hold(state: State, slot: number, until: number): void {
  const { nodes, queue } = state;
  nodes.heldUntil[slot] = until;
  if (until === Number.POSITIVE_INFINITY || (nodes.timerAt[slot] ?? 0) <= until) return;
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
  askHold(state, pool, pool.idleSlots.indexOf(slot));
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
