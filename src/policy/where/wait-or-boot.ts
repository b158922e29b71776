import { humanDuration } from "../../kernel/text.ts";
import type { Reason } from "../decision.ts";
import type { PoolCosts } from "../pool.ts";

export interface WaitOrBoot {
  /** How long to wait for a running node before booting one; 0: boot now. */
  readonly waitSeconds: number;
  /** Expected cost in node-seconds, and that of booting at once. */
  readonly cost: number;
  readonly bootCost: number;
  readonly reason: Reason;
}

/** The probability that a running job's node is still busy after so many more seconds. */
export type StillBusy = (seconds: number) => number;

const steps = 64;

/**
 * Whether a pending job waits for one of the running nodes to be free, and for how long, before it boots one: waiting
 * costs ρ a second and booting (1 + ρ)(L + Tw), so the wait d minimises ρ·E[min(T, d)] + P(T > d)·(1 + ρ)(L + Tw), with T
 * the time until the first of the nodes is free. It is never longer than (1 + 1/ρ)(L + Tw), ski rental's bound.
 */
export function waitOrBoot(running: readonly StillBusy[], costs: PoolCosts): WaitOrBoot {
  const { waitingWeight: weight } = costs;
  const startSeconds = costs.launchSeconds + costs.loadSeconds;
  const bootCost = (1 + weight) * startSeconds;
  const longest = weight > 0 ? bootCost / weight : 100 * startSeconds;
  const busy = (seconds: number) => running.reduce((all, each) => all * each(seconds), 1);
  let best = { waitSeconds: 0, cost: bootCost, freed: 0 };
  let waited = 0;
  for (let step = 1; step <= steps && running.length > 0; step += 1) {
    const waitSeconds = (longest * step) / steps;
    waited += (longest / steps) * busy(waitSeconds - longest / steps / 2);
    const left = busy(waitSeconds);
    const cost = weight * waited + left * bootCost;
    if (cost < best.cost) best = { waitSeconds, cost, freed: 1 - left };
  }
  return { waitSeconds: best.waitSeconds, cost: best.cost, bootCost, reason: reasonFor(best, running.length) };
}

function reasonFor({ waitSeconds, freed }: { waitSeconds: number; freed: number }, running: number): Reason {
  if (waitSeconds === 0) {
    return {
      code: "boot-now",
      text: () => `none of the ${running} busy nodes is likely to be free before a new one starts`,
    };
  }
  return {
    code: "wait-for-node",
    text: () =>
      `p = ${freed.toFixed(2)} that one of the ${running} busy nodes is free within ${humanDuration(waitSeconds * 1000)}, sooner than a new one pays`,
  };
}
