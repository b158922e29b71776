import type { DisruptInput, DisruptionNode } from "../disruption-types.ts";

/** The policy Balanced asks for this ratio of saving to disruption (1/k with Karpenter's fixed k of 2). */
const balancedThreshold = 0.5;

/** What it costs to evict a node's pods, the node itself left out. */
export function disruptionCost(node: DisruptionNode): number {
  return node.pods.reduce((sum, { evictionCost }) => sum + Math.max(0, evictionCost), 0);
}

/** The share of the pools' cost that is saved over the share of their disruption (Karpenter 1.14, policy Balanced). */
export function savingsScore(input: DisruptInput, gone: readonly DisruptionNode[], savedUsdPerHour: number): number {
  const pools = new Set(gone.map(({ pool }) => pool));
  const own = input.nodes.filter(({ pool }) => pools.has(pool));
  const total = (nodes: readonly DisruptionNode[], value: (node: DisruptionNode) => number) =>
    nodes.reduce((sum, node) => sum + value(node), 0);
  const saved = savedUsdPerHour / total(own, ({ usdPerHour }) => usdPerHour);
  const disrupted = total(gone, (node) => 1 + disruptionCost(node)) / total(own, (node) => 1 + disruptionCost(node));
  return saved / disrupted;
}

/** Whether a score is enough for the policy of the pools; only Balanced asks. */
export function isWorthIt(input: DisruptInput, gone: readonly DisruptionNode[], score: number): boolean {
  const policies = new Map(input.pools.map(({ name, consolidationPolicy }) => [name, consolidationPolicy]));
  if (!gone.some(({ pool }) => policies.get(pool) === "Balanced")) return true;
  return score >= balancedThreshold;
}
