import { seededRandom } from "../../kernel/random.ts";
import { MeasuredCosts } from "../costs.ts";
import type { ReleasePolicy } from "../policy.ts";
import type { PoolView } from "../pool.ts";
import { idleSince } from "./fixed-hold.ts";
import { spanText } from "./reasons.ts";

/** Hold for exactly what a cold start costs: at most twice the optimum, whatever comes (Karlin et al. 1988). */
export function breakEvenHold(): ReleasePolicy {
  const costs = new MeasuredCosts();
  return {
    name: "break-even",
    observe: (pool, event) => costs.observe(pool, event),
    hold: (pool, index) => {
      const seconds = costs.breakEvenSeconds(pool);
      return {
        untilSeconds: idleSince(pool, index) + seconds,
        reason: {
          code: "hold-break-even",
          text: () => `kept for ${spanText(seconds)}, for which it costs as much as a cold start`,
        },
      };
    },
  };
}

/**
 * A hold drawn with density `e^(x/B) / (B (e - 1))` on [0, B]: at most e/(e - 1) = 1.58 times the optimum in expectation. The
 * draw depends on the seed, the pool, the node and when it became idle: asking again gives the same answer.
 */
export function randomizedHold(seed = 1): ReleasePolicy {
  const costs = new MeasuredCosts();
  return {
    name: "randomized",
    observe: (pool, event) => costs.observe(pool, event),
    hold: (pool, index) => {
      const u = seededRandom(seedOf(seed, pool, index)).next();
      const seconds = costs.breakEvenSeconds(pool) * Math.log(1 + u * (Math.E - 1));
      return {
        untilSeconds: idleSince(pool, index) + seconds,
        reason: {
          code: "hold-randomized",
          text: () =>
            `kept for ${spanText(seconds)}, drawn so that no pattern of gaps can be worse than 1.58 times the best`,
        },
      };
    },
  };
}

function seedOf(seed: number, pool: PoolView, index: number): number {
  const parts = [pool.id, pool.idle[index]?.node ?? -1, Math.round(idleSince(pool, index) * 1000)];
  return parts.reduce((hash, part) => Math.imul(hash ^ part ^ Math.floor(part / 2 ** 32), 0x9e3779b1), seed);
}
