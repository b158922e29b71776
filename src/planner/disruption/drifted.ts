import type { DisruptionContext, DisruptionMethod, DisruptionNode } from "../disruption-types.ts";
import { isEmptyNode } from "./empty.ts";
import { without } from "./replacement.ts";
import { disruptionCost } from "./savings.ts";

/**
 * A node that is no longer what its pool asks for: those without pods together, else the one that is cheapest to disrupt
 * and whose pods find a place, with a new node where they need one, whatever it costs (Karpenter's drift.go).
 */
export const drifted: DisruptionMethod = {
  reason: "Drifted",
  propose(context) {
    const nodes = [...context.unprotected]
      .filter((node) => node.drifted)
      .sort((a, b) => disruptionCost(a) - disruptionCost(b) || (a.name < b.name ? -1 : 1));
    const allowed = context.withinBudgets(nodes, "Drifted");
    const bare = allowed.filter(isEmptyNode);
    if (bare.length > 0) {
      const usdPerHour = bare.reduce((sum, node) => sum + node.usdPerHour, 0);
      return { reason: "Drifted", nodes: bare.map(({ name }) => name), usdPerHour };
    }
    for (const node of allowed) {
      const disruption = replace(context, node);
      if (disruption !== undefined) return disruption;
    }
    return undefined;
  },
};

function replace({ input, block }: DisruptionContext, node: DisruptionNode) {
  const plan = without(input, [node]);
  const [replacement] = plan?.claims ?? [];
  if (plan === undefined) block(node, "its pods find no other place");
  else if (plan.claims.length > 1) block(node, "its pods need more than one new node");
  else {
    const usdPerHour = node.usdPerHour - (replacement?.offering.usdPerHour ?? 0);
    return { reason: "Drifted" as const, nodes: [node.name], usdPerHour, ...(replacement && { replacement }) };
  }
  return undefined;
}
