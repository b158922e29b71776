import { offerNode } from "./gangs.ts";
import { askHolds } from "./idle-nodes.ts";
import { launchMissing } from "./launch-missing.ts";
import { nodeStates } from "./nodes.ts";
import type { SimulatedPool } from "./pool.ts";
import { finishRun, stopRun } from "./runs.ts";
import type { State } from "./state.ts";

/** A job on whole nodes is through: its nodes go to those that wait, or idle. */
export function gangEnds(state: State, row: number): void {
  const { jobs, nodes, world } = state;
  const pool = state.pool(world.jobs.pool[row] ?? 0);
  const face = jobs.faces[row];
  const head = jobs.head[row] ?? -1;
  pool.busy -= world.jobs.nodes[row] ?? 1;
  finishRun(state, pool, row);
  const firstIdle = pool.idle.length;
  for (let slot = head; slot !== -1; ) {
    const next = leaveNode(state, pool, slot);
    const node = nodes.faces[slot];
    if (node !== undefined) node.last = face;
    offerNode(state, pool, slot, pool.ledger.leave());
    slot = next;
  }
  jobs.head[row] = -1;
  askHolds(state, pool, firstIdle);
}

/** EC2 takes a node back: what ran on it goes to the head of the queue, with the nodes that its gang still has. */
export function gangNodeLost(state: State, pool: SimulatedPool, slot: number): void {
  const { nodes } = state;
  const row = nodes.job[slot] ?? -1;
  if (nodes.state[slot] === nodeStates.held) loseHeld(state, pool, row, slot);
  else loseRunning(state, pool, row, slot);
  launchMissing(state, pool);
}

function loseHeld(state: State, pool: SimulatedPool, row: number, slot: number): void {
  const { jobs, nodes } = state;
  unlink(state, row, slot);
  pool.ledger.closed += state.settle(slot, pool);
  state.retire(slot, pool, "interrupted");
  jobs.lacking[row] = (jobs.lacking[row] ?? 0) + 1;
  jobs.missed[row] = Math.max(jobs.missed[row] ?? 0, jobs.lacking[row] ?? 0);
  nodes.job[slot] = -1;
  pool.busy -= 1;
  pool.queued += 1;
  pool.putOff += jobs.putOff[row] ?? 0;
}

function loseRunning(state: State, pool: SimulatedPool, row: number, lost: number): void {
  const { jobs, nodes, world } = state;
  const head = jobs.head[row] ?? -1;
  const needed = world.jobs.nodes[row] ?? 1;
  stopRun(state, pool, row);
  state.sink?.jobInterrupted(state, row);
  pool.busy -= needed;
  pool.queued += needed;
  jobs.lacking[row] = needed;
  jobs.missed[row] = 1;
  pool.waiting.addFirst(row);
  for (let slot = head; slot !== -1; ) {
    const next = nodes.next[slot] ?? -1;
    if (slot !== lost) {
      leaveNode(state, pool, slot);
      offerNode(state, pool, slot, -1);
    }
    slot = next;
  }
  state.settle(lost, pool);
  state.retire(lost, pool, "interrupted");
}

/** The node's time with the job is over; the next node of the gang. */
function leaveNode(state: State, pool: SimulatedPool, slot: number): number {
  const { nodes } = state;
  const next = nodes.next[slot] ?? -1;
  state.settle(slot, pool);
  nodes.state[slot] = nodeStates.idle;
  nodes.job[slot] = -1;
  nodes.next[slot] = -1;
  return next;
}

function unlink({ jobs, nodes }: State, row: number, slot: number): void {
  const next = nodes.next[slot] ?? -1;
  if (jobs.head[row] === slot) {
    jobs.head[row] = next;
    return;
  }
  let before = jobs.head[row] ?? -1;
  while (before !== -1 && nodes.next[before] !== slot) before = nodes.next[before] ?? -1;
  if (before !== -1) nodes.next[before] = next;
}
