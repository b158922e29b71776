import { launch } from "./launches.ts";
import type { SimulatedPool } from "./pool.ts";
import type { State } from "./state.ts";

/** Launches as many nodes as jobs wait for that are not put off, and are not on their way. */
export function launchMissing(state: State, pool: SimulatedPool): void {
  const first = pool.waiting.first;
  const nodes = first === -1 ? 1 : (state.world.jobs.nodes[first] ?? 1);
  while (pool.booting < pool.queued - pool.putOff) {
    if (launch(state, pool, { warmUntil: Number.NaN, nodes }) === -1) return;
  }
}
