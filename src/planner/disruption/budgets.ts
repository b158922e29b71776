import type { DisruptionNode, DisruptionPool, DisruptionReason } from "../disruption-types.ts";
import { isWithinSchedule } from "./cron.ts";

/** How many more of a pool's nodes may be disrupted for a reason now: the strictest of the active budgets counts. */
export function allowedDisruptions(
  pool: DisruptionPool,
  nodes: readonly DisruptionNode[],
  reason: DisruptionReason,
  nowMs: number,
): number {
  const own = nodes.filter((node) => node.pool === pool.name && node.initialized);
  const disrupting = own.filter((node) => node.deleting).length;
  const allowed = pool.budgets
    .filter(({ reasons }) => reasons === undefined || reasons.length === 0 || reasons.includes(reason))
    .filter(({ schedule, durationMs = 0 }) => schedule === undefined || isWithinSchedule(schedule, durationMs, nowMs))
    .map((budget) => nodesOf(budget.nodes, own.length));
  return Math.max(0, Math.min(Number.POSITIVE_INFINITY, ...allowed) - disrupting);
}

function nodesOf(text: string, total: number): number {
  return text.endsWith("%") ? Math.ceil((Number(text.slice(0, -1)) / 100) * total) : Number(text);
}
