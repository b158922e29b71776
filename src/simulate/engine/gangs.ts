import { becomeIdle, takeIdle } from "./idle-nodes.ts";
import { alreadyThere, chargedNode, launch } from "./launches.ts";
import { nodeStates } from "./nodes.ts";
import type { SimulatedPool } from "./pool.ts";
import { startRun, submitted } from "./runs.ts";
import type { State } from "./state.ts";

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

/** Launches as many nodes as jobs wait for and are not on their way. */
export function launchMissing(state: State, pool: SimulatedPool): void {
  const first = pool.waiting.first;
  const nodes = first === -1 ? 1 : (state.world.jobs.nodes[first] ?? 1);
  while (pool.booting < pool.queued) {
    if (launch(state, pool, { warmUntil: Number.NaN, nodes }) === -1) return;
  }
}

/** A whole node is free: it goes to the job that waits longest, else it is idle. */
export function offerNode(state: State, pool: SimulatedPool, slot: number, departure: number): void {
  const row = pool.waiting.first;
  if (row === -1) {
    becomeIdle(state, slot, departure);
    return;
  }
  state.settle(slot, pool);
  state.nodes.warmUntil[slot] = Number.NaN;
  pool.queued -= 1;
  holdFor(state, pool, row, slot);
  if ((state.jobs.lacking[row] ?? 0) > 0) return;
  pool.waiting.removeFirst();
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
