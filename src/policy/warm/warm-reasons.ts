import { count } from "../../kernel/text.ts";
import type { Reason } from "../decision.ts";
import type { PoolView } from "../pool.ts";
import { spanText } from "../release/reasons.ts";
import type { FollowingDemand } from "./following-demand.ts";
import type { RecurringDemand } from "./recurring-demand.ts";

/** `p = 0.81 that 2 GPUs are wanted 09:00–09:10: 4 of the last 5 weekdays`. */
export function recurringReason(pool: PoolView, nodes: number, untilSeconds: number, demand: RecurringDemand): Reason {
  const { gpus, startMs } = pool;
  const p = demand.reaches(nodes);
  return {
    code: "warm-recurring",
    text: () => {
      const span = `${clockText(startMs, demand.fromSeconds)}–${clockText(startMs, untilSeconds)}`;
      return `p = ${p.toFixed(2)} that ${wanted(nodes, gpus)} wanted ${span}: ${demand.evidence}`;
    },
  };
}

/** `p = 0.62 that 2 GPUs more are wanted within 10 min of the 4 that just came: 13 of 20 times there were`. */
export function followingReason(pool: PoolView, nodes: number, untilSeconds: number, demand: FollowingDemand): Reason {
  const { gpus, nowSeconds } = pool;
  const { burst, seen, grew } = demand;
  const p = demand.reaches(nodes);
  return {
    code: "warm-following",
    text: () =>
      `p = ${p.toFixed(2)} that ${wanted(nodes, gpus, " more")} wanted within ${spanText(untilSeconds - nowSeconds)} of the ${amount(Math.ceil(burst), gpus)} that just came: ${grew} of ${seen} times there were`,
  };
}

const amount = (nodes: number, gpus: number) => count(nodes * (gpus || 1), gpus > 0 ? "GPU" : "node");

/** `1 GPU is`, `2 GPUs are`. */
const wanted = (nodes: number, gpus: number, more = "") =>
  `${amount(nodes, gpus)}${more} ${nodes * (gpus || 1) === 1 ? "is" : "are"}`;

/** `09:10`, UTC. */
function clockText(startMs: number, seconds: number): string {
  return new Date(startMs + seconds * 1000).toISOString().slice(11, 16);
}
