import * as v from "valibot";

import { breakEvenSeconds } from "../costs.ts";
import { amount, finite } from "../learned-state.ts";
import { nodesTaken, type PoolEvent, type PoolJob, type PoolView } from "../pool.ts";

export const savedOutcome = v.strictObject({ netSeconds: finite, coldSeconds: amount });

/** What warming has come to: in node-seconds of a pool, in GPU-seconds of all. */
export interface Outcome {
  /** Waits that it spared, at what waiting is worth, less the nodes that idled for it. */
  netSeconds: number;
  /** What cold starts have cost. */
  coldSeconds: number;
}

/** Nodes that were launched ahead and that no job has taken. */
export interface WarmedNodes {
  readonly nodes: number;
  readonly atSeconds: number;
  readonly untilSeconds: number;
}

/** Adds what an event says of the pool's warm nodes to the pool's outcome and to that of all pools. */
export function credit(
  [own, all]: readonly [Outcome, Outcome],
  warmed: readonly WarmedNodes[],
  pool: PoolView,
  event: PoolEvent,
): void {
  const net = netOf(warmed, pool, event);
  const cold = event.type === "launched" ? breakEvenSeconds(pool.costs) : 0;
  const gpus = Math.max(1, pool.gpus);
  own.netSeconds += net;
  own.coldSeconds += cold;
  all.netSeconds += gpus * net;
  all.coldSeconds += gpus * cold;
}

/** Share of what cold starts cost that warming may lose. */
const trialShare = 0.01;

/** Whether what was lost is within what may be tried. */
export function isWorthTrying({ netSeconds, coldSeconds }: Outcome): boolean {
  return netSeconds + trialShare * coldSeconds >= 0;
}

/** What warm nodes come to with this event, in node-seconds: those that nobody took are lost with their launch. */
function netOf(warmed: readonly WarmedNodes[], pool: PoolView, event: PoolEvent): number {
  const boot = pool.costs.launchSeconds + pool.costs.loadSeconds;
  const lost = warmed
    .filter(({ untilSeconds }) => untilSeconds <= pool.nowSeconds)
    .reduce((sum, each) => sum + each.nodes * Math.max(boot, each.untilSeconds - each.atSeconds), 0);
  return (event.type === "started" ? gained(warmed, event.job, pool, boot) : 0) - lost;
}

/**
 * Waits that warm nodes spared this job, at what waiting is worth, less the time they idled. Only what the job could not
 * have taken otherwise counts: a warm node is the last one that is needed.
 */
function gained(warmed: readonly WarmedNodes[], job: PoolJob, pool: PoolView, boot: number): number {
  const present = warmed.filter(({ untilSeconds }) => untilSeconds > pool.nowSeconds);
  const ready = present.filter(({ atSeconds }) => atSeconds + boot <= pool.nowSeconds);
  const outstanding = ready.reduce((sum, { nodes }) => sum + nodes, 0);
  let left = Math.max(0, Math.min(Math.ceil(nodesTaken(pool, job)), outstanding - pool.idle.length));
  let seconds = 0;
  for (const { nodes, atSeconds } of present) {
    const used = Math.min(left, nodes);
    const spared = Math.min(boot, Math.max(0, job.submitSeconds - atSeconds));
    seconds += used * (pool.costs.waitingWeight * spared - Math.max(0, pool.nowSeconds - atSeconds - boot));
    left -= used;
  }
  return seconds;
}
