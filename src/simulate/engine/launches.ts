import { eventKinds } from "./event-queue.ts";
import { nodeStates } from "./nodes.ts";
import type { SimulatedPool } from "./pool.ts";
import type { State } from "./state.ts";

export interface LaunchWish {
  /** Until when it is kept if nobody uses it; NaN: it is not warmed, but launched for a job. */
  readonly warmUntil: number;
  /** Nodes that are needed at once. */
  readonly nodes: number;
}

/** Launches a node; the slot, or -1 when everything was refused: then it is tried again by itself, if it is for a job. */
export function launch(state: State, pool: SimulatedPool, { warmUntil, nodes: needed }: LaunchWish): number {
  const { nodes, now, launcher, queue } = state;
  const { offer, checkpointEvery, refusals, retryAt } = launcher.choose(pool.spec, needed, now);
  for (let refusal = 0; refusal < refusals; refusal += 1) state.listener.refused(pool);
  if (offer === -1) {
    if (Number.isNaN(warmUntil)) retryLater(state, pool, retryAt);
    return -1;
  }
  const slot = newNode(state, pool, offer);
  nodes.checkpointEvery[slot] = checkpointEvery;
  nodes.warmUntil[slot] = warmUntil;
  pool.booting += 1;
  if (state.policy.wait !== undefined) pool.bootingSlots.add(slot);
  if (pool.spec.isShared) pool.sharedSlots.push(slot);
  pool.launches += 1;
  const token = nodes.token[slot] ?? 0;
  queue.add(now + launcher.bootSeconds(pool.spec, offer), eventKinds.ready, slot, token);
  const life = launcher.lifeSeconds(pool.spec, offer);
  if (life < Number.POSITIVE_INFINITY) queue.add(now + life, eventKinds.interruption, slot, token);
  state.sink?.nodeLaunched(state, slot);
  return slot;
}

/** A node that is there already: it ran before second 0, or belongs to a group that always does. */
export function alreadyThere(state: State, pool: SimulatedPool): number {
  const { nodes, launcher } = state;
  const slot = newNode(state, pool, launcher.onDemand(pool.spec));
  nodes.state[slot] = nodeStates.held;
  state.sink?.nodeLaunched(state, slot);
  state.sink?.nodeReady(state, slot);
  return slot;
}

/** In a replay: a node that a job needs is there, as if it had been launched in time, and is charged as if it had not. */
export function chargedNode(state: State, pool: SimulatedPool, isFirst: boolean): number {
  const { spec } = pool;
  const seconds = spec.costs.launchSeconds + spec.costs.loadSeconds;
  const slot = newNode(state, pool, state.launcher.onDemand(spec));
  const face = state.nodes.faces[slot];
  state.nodes.state[slot] = nodeStates.held;
  state.nodes.launchedAt[slot] = state.now - seconds;
  if (face !== undefined) face.launchedAtSeconds = state.now - seconds;
  pool.launches += 1;
  pool.bootSeconds += seconds;
  pool.waitGpuSeconds += seconds * spec.weight;
  if (isFirst) pool.firstLaunches += 1;
  state.listener.launched(pool, seconds);
  return slot;
}

function newNode({ nodes, now }: State, { id, spec }: SimulatedPool, offer: number): number {
  const slot = nodes.launch(id, now);
  const allocatable = spec.offers[offer]?.instanceType.allocatable;
  nodes.offer[slot] = offer;
  nodes.freeCpu[slot] = allocatable?.cpuMillis ?? 0;
  nodes.freeMemory[slot] = allocatable?.memoryMib ?? 0;
  return slot;
}

function retryLater(state: State, pool: SimulatedPool, at: number): void {
  if (pool.isRetrying) return;
  pool.isRetrying = true;
  state.queue.add(at, eventKinds.retry, pool.id, 0);
}
