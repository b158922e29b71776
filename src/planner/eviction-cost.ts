/**
 * What it costs to evict a pod, as Karpenter 1.14 reckons it from `controller.kubernetes.io/pod-deletion-cost` and the
 * pod's priority: 1 for an ordinary pod, within -10 and 10. A node whose pods all cost nothing counts as empty.
 */
export function evictionCost(deletionCost: number, priority: number): number {
  return Math.min(10, Math.max(-10, 1 + deletionCost / 2 ** 27 + priority / 2 ** 25));
}
