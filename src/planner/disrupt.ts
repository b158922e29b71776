import { allowedDisruptions } from "./budgets.ts";
import { consolidate } from "./consolidate.ts";
import type {
  Blocked,
  DisruptInput,
  DisruptionNode,
  DisruptionPlan,
  DisruptionPool,
  DisruptionReason,
} from "./disruption-types.ts";

/**
 * Which nodes to give up now, as Karpenter 1.14 decides it: empty ones together, else several at once, else one, that
 * are not worth their price. A node is a candidate `consolidateAfter` after its pods last changed, unless something
 * protects it. Ages and the 15 s of second thoughts are the caller's affair; so is expiry, which asks nobody.
 */
export function disrupt(input: DisruptInput): DisruptionPlan {
  const pools = new Map(input.pools.map((pool) => [pool.name, pool]));
  const blocked: Blocked[] = [];
  const candidates: DisruptionNode[] = [];
  let nextAtMs = Number.POSITIVE_INFINITY;
  for (const node of input.nodes) {
    const pool = pools.get(node.pool);
    if (pool === undefined || node.deleting || !isOfInterest(node, pool)) continue;
    const obstacle = obstacleOf(node, pool, input.nowMs);
    if (obstacle === undefined) candidates.push(node);
    else if (obstacle.why !== undefined) blocked.push({ node: node.name, why: obstacle.why });
    nextAtMs = Math.min(nextAtMs, obstacle?.untilMs ?? Number.POSITIVE_INFINITY);
  }
  const disruption =
    emptiness(input, candidates, blocked) ??
    consolidate(input, candidates, (node, reason) => budgetLeft(input, node, reason, blocked));
  return {
    blocked,
    ...(disruption !== undefined && { disruption }),
    ...(Number.isFinite(nextAtMs) && { nextAtMs }),
  };
}

/** Whether none of a node's pods is worth keeping it for. */
export function isEmptyNode(node: DisruptionNode): boolean {
  return node.pods.every(({ evictionCost }) => evictionCost <= 0);
}

/** Under WhenEmpty a node with pods is not looked at. */
function isOfInterest(node: DisruptionNode, pool: DisruptionPool): boolean {
  return pool.consolidationPolicy !== "WhenEmpty" || isEmptyNode(node);
}

/** Why a node is no candidate: said to the user where it protects, only waited for where it is age. */
function obstacleOf(
  node: DisruptionNode,
  pool: DisruptionPool,
  nowMs: number,
): { readonly why?: string; readonly untilMs?: number } | undefined {
  if (!node.initialized) return { why: "it is not initialized" };
  if (node.doNotDisrupt) return { why: "it is annotated karpenter.sh/do-not-disrupt" };
  const protecting = node.pods.find(({ protectedUntilMs }) => protectedUntilMs > nowMs);
  if (protecting !== undefined) {
    return {
      why: `pod ${protecting.name} is annotated karpenter.sh/do-not-disrupt`,
      untilMs: protecting.protectedUntilMs,
    };
  }
  if (node.nominatedUntilMs > nowMs) return { why: "a waiting pod is expected on it", untilMs: node.nominatedUntilMs };
  const agedAtMs = node.lastPodEventMs + pool.consolidateAfterMs;
  return agedAtMs > nowMs ? { untilMs: agedAtMs } : undefined;
}

function emptiness(input: DisruptInput, candidates: readonly DisruptionNode[], blocked: Blocked[]) {
  const empty = candidates.filter(isEmptyNode).filter(budgetCounter(input, "Empty", blocked));
  if (empty.length === 0) return undefined;
  return {
    reason: "Empty" as const,
    nodes: empty.map(({ name }) => name),
    usdPerHour: empty.reduce((sum, { usdPerHour }) => sum + usdPerHour, 0),
  };
}

/** Lets as many nodes of each pool through as its budgets allow, and notes the rest. */
function budgetCounter(input: DisruptInput, reason: DisruptionReason, blocked: Blocked[]) {
  const left = new Map<string, number>();
  return (node: DisruptionNode): boolean => {
    const allowed = left.get(node.pool) ?? allowedFor(input, node, reason);
    left.set(node.pool, allowed - 1);
    if (allowed <= 0) blocked.push({ node: node.name, why: `the disruption budget of pool ${node.pool} is used up` });
    return allowed > 0;
  };
}

function budgetLeft(input: DisruptInput, node: DisruptionNode, reason: DisruptionReason, blocked: Blocked[]): number {
  const allowed = allowedFor(input, node, reason);
  if (allowed <= 0) blocked.push({ node: node.name, why: `the disruption budget of pool ${node.pool} is used up` });
  return allowed;
}

function allowedFor({ pools, nodes, nowMs }: DisruptInput, node: DisruptionNode, reason: DisruptionReason): number {
  const pool = pools.find(({ name }) => name === node.pool);
  return pool === undefined ? 0 : allowedDisruptions(pool, nodes, reason, nowMs);
}
