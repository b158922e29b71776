import type { BoundPod, DisruptionNode, DisruptionPool } from "../disruption-types.ts";

/** What keeps a node from being disrupted, until when if that is known (Karpenter's statenode.go, ValidateNodeDisruptable). */
export function protectionOf(node: DisruptionNode, nowMs: number): { why: string; untilMs?: number } | undefined {
  if (!node.initialized) return { why: "it is not initialized" };
  if (node.doNotDisrupt) return { why: "it is annotated karpenter.sh/do-not-disrupt" };
  const pod = node.pods.find(({ protectedUntilMs }) => protectedUntilMs > nowMs);
  if (pod !== undefined) {
    return { why: `pod ${pod.name} is annotated karpenter.sh/do-not-disrupt`, untilMs: pod.protectedUntilMs };
  }
  for (const one of node.pods) {
    const why = budgetOf(one);
    if (why !== undefined) return { why };
  }
  if (node.nominatedUntilMs > nowMs) return { why: "a waiting pod is expected on it", untilMs: node.nominatedUntilMs };
  return undefined;
}

/** When a node's pods will have been unchanged for as long as its pool asks. */
export function quietAtMs({ lastPodEventMs }: DisruptionNode, { consolidateAfterMs }: DisruptionPool): number {
  return lastPodEventMs + consolidateAfterMs;
}

/** Why a pod's disruption budgets do not let it go; undefined when they do. */
function budgetOf({ name, podBudgets = [] }: BoundPod): string | undefined {
  if (podBudgets.length > 1) return `pod ${name} has ${podBudgets.length} disruption budgets`;
  const [only] = podBudgets;
  return only !== undefined && only.disruptionsAllowed <= 0
    ? `pod ${name} is held by disruption budget ${only.name}`
    : undefined;
}
