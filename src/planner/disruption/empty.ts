import type { DisruptionMethod, DisruptionNode } from "../disruption-types.ts";

/** All nodes that none of their pods is worth keeping for, together (Karpenter's emptiness.go). */
export const empty: DisruptionMethod = {
  reason: "Empty",
  propose({ quiet, withinBudgets }) {
    const nodes = withinBudgets(quiet.filter(isEmptyNode), "Empty");
    if (nodes.length === 0) return undefined;
    const usdPerHour = nodes.reduce((sum, node) => sum + node.usdPerHour, 0);
    return { reason: "Empty", nodes: nodes.map(({ name }) => name), usdPerHour };
  },
};

/** Whether none of a node's pods is worth keeping it for. */
export function isEmptyNode(node: DisruptionNode): boolean {
  return node.pods.every(({ evictionCost }) => evictionCost <= 0);
}
