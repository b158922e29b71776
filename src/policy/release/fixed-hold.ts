import type { Hold } from "../decision.ts";
import type { ReleasePolicy } from "../policy.ts";
import { spanText } from "./reasons.ts";

/** A timer, the same for every node: what other tools do. */
export function fixedHold(name: string, seconds: number): ReleasePolicy {
  const text =
    seconds === 0 ? "given back as soon as it is idle" : `kept for ${spanText(seconds)} after a job, whatever it ran`;
  const reason = { code: "hold-fixed", text: () => text };
  return {
    name,
    hold: (pool, index): Hold => ({ untilSeconds: idleSince(pool, index) + seconds, reason }),
  };
}

/** When the node at `index` became idle; now, if there is none. */
export function idleSince(pool: Parameters<ReleasePolicy["hold"]>[0], index: number): number {
  return pool.idle[index]?.idleSinceSeconds ?? pool.nowSeconds;
}
