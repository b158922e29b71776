import type { Pod } from "../../cluster/objects.ts";
import { conditionIn, holds } from "./conditions.ts";

/** What says how dear a pod is, the less dear first: as kube-controller-manager's ActivePodsWithRanks. */
const costs: ((pod: Pod) => number)[] = [
  (pod) => Number(Boolean(pod.spec?.nodeName)),
  ({ status }) => ["Pending", "Unknown", "Running"].indexOf(status?.phase ?? "Pending"),
  (pod) => Number(holds(pod, "Ready")),
  ({ metadata }) => Number(metadata.annotations?.["controller.kubernetes.io/pod-deletion-cost"] ?? 0),
  (pod) => -(Date.parse(conditionIn(pod, "Ready")?.lastTransitionTime ?? "") || 0),
  ({ status }) => -(status?.containerStatuses ?? []).reduce((most, one) => Math.max(most, one.restartCount), 0),
  ({ metadata }) => -Date.parse(metadata.creationTimestamp ?? ""),
];

/** The pods that a controller deletes when it has `count` too many; `more` breaks ties before age does. */
export function leastAdvanced(pods: readonly Pod[], count: number, more: (pod: Pod) => number = () => 0): Pod[] {
  if (count <= 0) return [];
  const order = [...costs.slice(0, 4), more, ...costs.slice(4)];
  const difference = (a: Pod, b: Pod) => order.map((cost) => cost(a) - cost(b)).find((one) => one !== 0);
  return [...pods].sort((a, b) => difference(a, b) ?? 0).slice(0, count);
}
