import { becomeIdle, takeIdle } from "./idle-nodes.ts";
import { launchMissing } from "./launch-missing.ts";
import { alreadyThere, chargedNode } from "./launches.ts";
import { nodeStates } from "./nodes.ts";
import type { SimulatedPool } from "./pool.ts";
import { startRun, submitted } from "./runs.ts";
import type { State } from "./state.ts";
import { askWait } from "./waits.ts";

/** A job that takes whole nodes, all of them at once: it takes what is idle, and launches what it lacks. */
export function gangArrives(state: State, row: number): void {
  const { jobs, world } = state;
  const pool = state.pool(world.jobs.pool[row] ?? 0);
  submitted(state, pool, row);
  const needed = jobs.lacking[row] ?? 1;
  let firsts = 0;
  for (let node = 0; node < needed; node += 1) if (!pool.ledger.take()) firsts += 1;
  while ((jobs.lacking[row] ?? 0) > 0 && pool.idle.length > 0) holdFor(state, pool, row, takeIdle(state, pool));
  if (world.trace.jobs.warm[row] === 1 || state.isReplay) holdAtOnce(state, pool, row, firsts);
  const missed = jobs.lacking[row] ?? 0;
  jobs.missed[row] = missed;
  if (missed === 0) {
    startRun(state, pool, row);
    return;
  }
  pool.waiting.add(row);
  pool.queued += missed;
  state.sink?.jobWaits(state, row, pool);
  askWait(state, pool, row);
  launchMissing(state, pool);
}

/** Gives the job nodes that no time passes for. */
function holdAtOnce(state: State, pool: SimulatedPool, row: number, firsts: number): void {
  const { jobs, world } = state;
  const isWarm = world.trace.jobs.warm[row] === 1;
  for (let left = firsts; (jobs.lacking[row] ?? 0) > 0; left -= 1) {
    holdFor(state, pool, row, isWarm ? alreadyThere(state, pool) : chargedNode(state, pool, left > 0));
  }
}

/** A whole node is free: it goes to the job that waits longest, else it is idle. */
export function offerNode(state: State, pool: SimulatedPool, slot: number, departure: number): void {
  if (pool.waiting.length === 0) becomeIdle(state, slot, departure);
  else giveNode(state, pool, slot, 0);
}

/** A whole node is ready: it goes to the job that waits longest of those that nodes are launched for, else to any. */
export function offerBooted(state: State, pool: SimulatedPool, slot: number): void {
  if (pool.waiting.length === 0) {
    becomeIdle(state, slot, pool.ledger.top);
    return;
  }
  let index = 0;
  if (pool.queued > pool.putOff) while (state.jobs.putOff[pool.waiting.at(index)] === 1) index += 1;
  giveNode(state, pool, slot, index);
}

/** Gives the node to a job that waits; it starts if that is all it lacked. */
function giveNode(state: State, pool: SimulatedPool, slot: number, index: number): void {
  const row = pool.waiting.at(index);
  state.settle(slot, pool);
  state.nodes.warmUntil[slot] = Number.NaN;
  pool.queued -= 1;
  pool.putOff -= state.jobs.putOff[row] ?? 0;
  holdFor(state, pool, row, slot);
  if ((state.jobs.lacking[row] ?? 0) > 0) return;
  pool.waiting.removeAt(index);
  startRun(state, pool, row);
}

function holdFor({ nodes, jobs }: State, pool: SimulatedPool, row: number, slot: number): void {
  nodes.state[slot] = nodeStates.held;
  nodes.job[slot] = row;
  nodes.next[slot] = jobs.head[row] ?? -1;
  jobs.head[row] = slot;
  jobs.lacking[row] = (jobs.lacking[row] ?? 0) - 1;
  pool.busy += 1;
}
