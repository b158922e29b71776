import type { DisruptionContext, DisruptionMethod, DisruptionNode } from "../disruption-types.ts";
import { attempt } from "./replacement.ts";
import { disruptionCost } from "./savings.ts";

/** The most nodes that are considered at once. */
const mostCandidates = 100;

/** The longest run of candidates that can go together, by binary search (Karpenter's multinodeconsolidation.go). */
export const severalUnderutilized: DisruptionMethod = {
  reason: "Underutilized",
  propose(context) {
    const candidates = candidatesOf(context).slice(0, mostCandidates);
    let best: ReturnType<typeof attempt>;
    let [low, high] = [2, candidates.length];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const disruption = attempt(context.input, candidates.slice(0, middle));
      if (disruption !== undefined) best = disruption;
      if (disruption !== undefined) low = middle + 1;
      else high = middle - 1;
    }
    return best;
  },
};

/** The first single node that can go, the pools taking turns (Karpenter's singlenodeconsolidation.go). */
export const oneUnderutilized: DisruptionMethod = {
  reason: "Underutilized",
  propose(context) {
    for (const node of inTurns(candidatesOf(context))) {
      const disruption = attempt(context.input, [node]);
      if (disruption !== undefined) return disruption;
    }
    return undefined;
  },
};

/** The dearest for what its disruption costs first. */
function candidatesOf({ input, quiet, withinBudgets }: DisruptionContext): DisruptionNode[] {
  const policies = new Map(input.pools.map(({ name, consolidationPolicy }) => [name, consolidationPolicy]));
  const worth = (node: DisruptionNode) => node.usdPerHour / (1 + disruptionCost(node));
  const sorted = quiet
    .filter(({ pool }) => policies.get(pool) !== "WhenEmpty")
    .sort((a, b) => worth(b) - worth(a) || (a.name < b.name ? -1 : 1));
  return withinBudgets(sorted, "Underutilized");
}

function inTurns(nodes: readonly DisruptionNode[]): DisruptionNode[] {
  const turns = new Map<string, number>();
  const turnOf = (node: DisruptionNode) => {
    const turn = turns.get(node.pool) ?? 0;
    turns.set(node.pool, turn + 1);
    return { node, turn };
  };
  return nodes
    .map(turnOf)
    .sort((a, b) => a.turn - b.turn)
    .map(({ node }) => node);
}
