import type { Wait } from "../../policy/decision.ts";
import { eventKinds } from "./event-queue.ts";
import { launchMissing } from "./launch-missing.ts";
import type { SimulatedPool } from "./pool.ts";
import type { State } from "./state.ts";

/** Asks whether a job that waits has nodes launched at once. While it has not, its nodes count as put off. */
export function askWait(state: State, pool: SimulatedPool, row: number): void {
  const wait = waitOf(state, pool, row);
  if (wait === undefined || !(wait.untilSeconds > state.now)) return;
  state.jobs.putOff[row] = 1;
  pool.putOff += state.jobs.lacking[row] ?? 0;
  state.queue.add(wait.untilSeconds, eventKinds.waitOver, row, state.jobs.run[row] ?? 0);
}

/** The time has come until which a job was to wait: it is asked about again, or has its nodes launched. */
export function waitOver(state: State, row: number, run: number): void {
  const { jobs, world } = state;
  if (jobs.run[row] !== run || jobs.putOff[row] !== 1) return;
  const pool = state.pool(world.jobs.pool[row] ?? 0);
  jobs.putOff[row] = 0;
  pool.putOff -= jobs.lacking[row] ?? 0;
  askWait(state, pool, row);
  launchMissing(state, pool);
}

function waitOf({ policy, jobs, nodes }: State, pool: SimulatedPool, row: number): Wait | undefined {
  const job = jobs.faces[row];
  if (policy.wait === undefined || job === undefined) return undefined;
  const bootSeconds = pool.costs.launchSeconds + pool.costs.loadSeconds;
  return policy.wait.wait(pool, {
    job,
    sinceSeconds: jobs.since[row] ?? 0,
    lacking: jobs.lacking[row] ?? 0,
    ahead: aheadOf(jobs.lacking, pool, row),
    runningSinceSeconds: [...pool.running].flatMap((each) => {
      const since = jobs.since[each] ?? 0;
      const count = jobs.faces[each]?.nodes ?? 1;
      return count === 1 ? since : new Array<number>(count).fill(since);
    }),
    readySeconds: Array.from(pool.bootingSlots, (slot) => (nodes.launchedAt[slot] ?? 0) + bootSeconds),
  });
}

/** Nodes that jobs lack which come before it. */
function aheadOf(lacking: Int32Array, { waiting, queued }: SimulatedPool, row: number): number {
  if (waiting.at(waiting.length - 1) === row) return queued - (lacking[row] ?? 0);
  let ahead = 0;
  for (let index = 0; index < waiting.length && waiting.at(index) !== row; index += 1) {
    ahead += lacking[waiting.at(index)] ?? 0;
  }
  return ahead;
}
