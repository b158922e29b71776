import { eventKinds } from "./event-queue.ts";
import { nodeStates } from "./nodes.ts";
import type { SimulatedPool } from "./pool.ts";
import type { State } from "./state.ts";

/** A job comes: the policies hear of it before it is placed. */
export function submitted(state: State, pool: SimulatedPool, row: number): void {
  const { jobs, now } = state;
  pool.lastArrival = now;
  const face = jobs.submit(row, now);
  state.sink?.jobSubmitted(state, row);
  state.listener.job(pool, "arrived", face);
}

/** All that the job needs is there: it runs until it is through, if nothing interrupts it. */
export function startRun(state: State, pool: SimulatedPool, row: number): void {
  const { jobs, nodes, now } = state;
  chargeWait(state, pool, row);
  const isGang = !pool.spec.isShared;
  for (let slot = jobs.head[row] ?? -1; slot !== -1; slot = isGang ? (nodes.next[slot] ?? -1) : -1) {
    if (isGang) pool.ledger.closed += state.settle(slot, pool);
    nodes.state[slot] = nodeStates.busy;
  }
  jobs.since[row] = now;
  jobs.putOff[row] = 0;
  if (isGang && state.policy.wait !== undefined) pool.running.add(row);
  const run = (jobs.run[row] ?? 0) + 1;
  jobs.run[row] = run;
  state.queue.add(now + wallSeconds(state, row), eventKinds.end, row, run);
  const face = jobs.faces[row];
  if (face !== undefined) face.startSeconds = now;
  state.sink?.jobStarted(state, row);
  state.listener.job(pool, "started", face);
}

function chargeWait({ jobs, now, world }: State, pool: SimulatedPool, row: number): void {
  const seconds = now - (jobs.since[row] ?? 0);
  if (seconds === 0) return;
  jobs.waited[row] = (jobs.waited[row] ?? 0) + seconds;
  const share = world.jobs.shareMillis[row] ?? 0;
  pool.waitGpuSeconds += seconds * (share > 0 ? share / 1000 : pool.spec.weight) * (jobs.missed[row] ?? 0);
}

/** With what its checkpoints take; work that is left to do after the last one needs none. */
function wallSeconds(state: State, row: number): number {
  const left = state.jobs.remaining[row] ?? 0;
  const every = checkpointEvery(state, row);
  if (every === Number.POSITIVE_INFINITY) return left;
  return left + Math.max(0, Math.ceil(left / every) - 1) * writeSeconds(state);
}

/** How often it writes checkpoints where it runs now; Infinity: never. */
function checkpointEvery({ nodes, jobs, world }: State, row: number): number {
  if (world.jobs.checkpoints[row] !== 1) return Number.POSITIVE_INFINITY;
  const every = nodes.checkpointEvery[jobs.head[row] ?? 0] ?? Number.POSITIVE_INFINITY;
  return every > 0 ? every : Number.POSITIVE_INFINITY;
}

function writeSeconds({ world }: State): number {
  return world.options.supply?.checkpoints?.writeSeconds ?? 0;
}

/** It is taken off its nodes before it is through, and has to do again what it did since its last checkpoint. */
export function stopRun(state: State, pool: SimulatedPool, row: number): void {
  const { jobs, now } = state;
  pool.running.delete(row);
  const every = checkpointEvery(state, row);
  const ran = now - (jobs.since[row] ?? 0);
  const kept = every === Number.POSITIVE_INFINITY ? 0 : Math.floor(ran / (every + writeSeconds(state))) * every;
  jobs.remaining[row] = Math.max(0, (jobs.remaining[row] ?? 0) - kept);
  jobs.run[row] = (jobs.run[row] ?? 0) + 1;
  jobs.since[row] = now;
  jobs.head[row] = -1;
}

/** What is written of a job that is through. */
export function finishRun(state: State, pool: SimulatedPool, row: number): void {
  const { jobs, now, world } = state;
  jobs.completed += 1;
  pool.running.delete(row);
  if (state.policy.place !== undefined) {
    state.launcher.durations.add(pool.id, world.trace.jobs.durationSeconds[row] ?? 0);
  }
  const face = jobs.faces[row];
  if (face !== undefined) {
    face.endSeconds = now;
    face.status = world.trace.jobs.status[row] ?? 0;
  }
  state.sink?.jobEnded(state, row);
  state.listener.job(pool, "ended", face);
  jobs.faces[row] = undefined;
  submitReturns(state, row);
}

/** Jobs that follow this end come as long after it as they did in the trace. */
function submitReturns({ world, queue, now }: State, row: number): void {
  const { firstChild, nextSibling } = world.returns;
  const { submitSeconds, durationSeconds } = world.trace.jobs;
  const ended = (submitSeconds[row] ?? 0) + (durationSeconds[row] ?? 0);
  for (let child = firstChild[row] ?? -1; child !== -1; child = nextSibling[child] ?? -1) {
    queue.add(now + Math.max(0, (submitSeconds[child] ?? 0) - ended), eventKinds.arrival, child, 0);
  }
}
