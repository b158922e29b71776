import { allowedDisruptions } from "./disruption/budgets.ts";
import { drifted } from "./disruption/drifted.ts";
import { empty, isEmptyNode } from "./disruption/empty.ts";
import { expired } from "./disruption/expired.ts";
import { protectionOf, quietAtMs } from "./disruption/protection.ts";
import { oneUnderutilized, severalUnderutilized } from "./disruption/underutilized.ts";
import type {
  Blocked,
  DisruptInput,
  DisruptionContext,
  DisruptionMethod,
  DisruptionNode,
  DisruptionPlan,
  DisruptionPool,
  DisruptionReason,
} from "./disruption-types.ts";

/** In Karpenter's order (disruption/controller.go); the first that acts wins. Expiry has its own controller there. */
const methods: readonly DisruptionMethod[] = [expired, empty, drifted, severalUnderutilized, oneUnderutilized];

/**
 * Which nodes to give up now, as Karpenter 1.14 decides it. A node is a candidate of consolidation `consolidateAfter`
 * after its pods last changed, unless something protects it; drift does not wait for that, expiry for nothing. The 15 s
 * of second thoughts are the caller's affair: `confirm` says what of a command still holds.
 */
export function disrupt(input: DisruptInput): DisruptionPlan {
  const round = survey(input);
  let disruption: DisruptionPlan["disruption"];
  for (const method of methods) {
    disruption = method.propose(round.context);
    if (disruption !== undefined) break;
  }
  return {
    blocked: round.blocked,
    ...(disruption !== undefined && { disruption }),
    ...(Number.isFinite(round.nextAtMs) && { nextAtMs: round.nextAtMs }),
  };
}

/** Sorts the nodes by what protects them and by age. */
function survey(input: DisruptInput) {
  const pools = new Map(input.pools.map((pool) => [pool.name, pool]));
  const blocked: Blocked[] = [];
  const unprotected: DisruptionNode[] = [];
  const quiet: DisruptionNode[] = [];
  let nextAtMs = Number.POSITIVE_INFINITY;
  for (const node of input.nodes) {
    const pool = pools.get(node.pool);
    if (pool === undefined || node.deleting || !isOfInterest(node, pool)) continue;
    const protection = protectionOf(node, input.nowMs);
    if (protection !== undefined) {
      blocked.push({ node: node.name, why: protection.why });
      nextAtMs = Math.min(nextAtMs, protection.untilMs ?? Number.POSITIVE_INFINITY);
      continue;
    }
    unprotected.push(node);
    const atMs = quietAtMs(node, pool);
    if (atMs <= input.nowMs) quiet.push(node);
    else nextAtMs = Math.min(nextAtMs, atMs);
  }
  const block = ({ name }: DisruptionNode, why: string) => {
    if (!blocked.some((one) => one.node === name && one.why === why)) blocked.push({ node: name, why });
  };
  const withinBudgets = (nodes: readonly DisruptionNode[], reason: DisruptionReason) =>
    nodes.filter(budgetCounter(input, reason, block));
  const context: DisruptionContext = { input, unprotected, quiet, withinBudgets, block };
  return { context, blocked, nextAtMs };
}

/** Under WhenEmpty a node with pods is not looked at, unless it drifted. */
function isOfInterest(node: DisruptionNode, pool: DisruptionPool): boolean {
  return pool.consolidationPolicy !== "WhenEmpty" || isEmptyNode(node) || node.drifted === true;
}

/** Lets as many nodes of each pool through as its budgets allow, and notes the rest. */
function budgetCounter(input: DisruptInput, reason: DisruptionReason, block: DisruptionContext["block"]) {
  const left = new Map<string, number>();
  const initial = (name: string) => {
    const pool = input.pools.find((one) => one.name === name);
    return pool === undefined ? 0 : allowedDisruptions(pool, input.nodes, reason, input.nowMs);
  };
  return (node: DisruptionNode): boolean => {
    const allowed = left.get(node.pool) ?? initial(node.pool);
    left.set(node.pool, allowed - 1);
    if (allowed <= 0) block(node, `the disruption budget of pool ${node.pool} is used up`);
    return allowed > 0;
  };
}
