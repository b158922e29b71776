import { type KubeObject, keyOf, type Pod, type PodDisruptionBudget } from "../../cluster/objects.ts";
import { messageOf } from "../../kernel/failure.ts";
import { holds, withCondition, writeStatus } from "../core/conditions.ts";
import { at } from "../core/json.ts";
import { controllerOf, isDeleting, list, nameOf, namespaceOf, refTo, selecting } from "../core/refs.ts";
import { claimants } from "./claim.ts";
import { startController, watching } from "./controller.ts";
import { type ControllerDeps, controllerManager } from "./deps.ts";
import type { Requeue } from "./queue.ts";
import { intOrPercent } from "./rollout.ts";

/** How long an eviction counts whose pod is still there (the disruption controller's DeletionTimeout). */
const evictedMs = 120_000;

/** The disruption controller: says how many pods of each PodDisruptionBudget may be evicted now. */
export function startBudgets(deps: ControllerDeps): () => void {
  const { core } = deps;
  return startController(deps, {
    kind: "PodDisruptionBudget",
    reconcile: (budget) => reconcile(deps, budget),
    watches: [
      watching("Pod", (pod) => claimants(core, "PodDisruptionBudget", pod)),
      watching("Deployment", (deployment) => list(core, "PodDisruptionBudget", namespaceOf(deployment)).map(keyOf)),
    ],
  });
}

function reconcile(deps: ControllerDeps, budget: PodDisruptionBudget): Requeue | undefined {
  const { clock, events } = deps;
  const pods = deps.pods.inNamespace(namespaceOf(budget)).filter(selecting(budget));
  if (pods.length === 0) events.budgets.record(budget, "Normal", "NoPods", "No matching pods found");
  const disruptedPods = stillDisrupted(budget, pods, clock.now());
  const isHealthy = (pod: Pod) => !isDeleting(pod) && disruptedPods[nameOf(pod)] === undefined && holds(pod, "Ready");
  try {
    const currentHealthy = pods.filter(isHealthy).length;
    const { expectedPods, desiredHealthy } = expected(deps, budget, pods);
    const disruptionsAllowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
    const status = { currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed, disruptedPods };
    const isAllowed = disruptionsAllowed > 0;
    tell(deps, budget, status, isAllowed ? ["True", "SufficientPods", ""] : ["False", "InsufficientPods", ""]);
  } catch (error) {
    const message = `Failed to calculate the number of expected pods: ${messageOf(error)}`;
    events.budgets.record(budget, "Warning", "CalculateExpectedPodCountFailed", message);
    tell(deps, budget, { disruptionsAllowed: 0 }, ["False", "SyncFailed", message]);
  }
  const ends = Object.values(disruptedPods).map((time) => Date.parse(time) + evictedMs - clock.now());
  return { afterMs: Math.max(0, Math.min(...ends)) + 1, background: true };
}

/** Evictions that were granted and whose pods are neither gone nor going, for a while. */
function stillDisrupted({ status }: PodDisruptionBudget, pods: readonly Pod[], nowMs: number): Record<string, string> {
  const staying = new Set(pods.filter((pod) => !isDeleting(pod)).map(nameOf));
  const disrupted = Object.entries((status?.disruptedPods ?? {}) as Record<string, string>);
  return Object.fromEntries(
    disrupted.filter(([name, time]) => staying.has(name) && Date.parse(time) + evictedMs >= nowMs),
  );
}

/** Shares, and maxUnavailable, count from what the pods' owners ask for; a plain minAvailable from the pods there are. */
function expected(deps: ControllerDeps, { spec }: PodDisruptionBudget, pods: readonly Pod[]) {
  const { minAvailable, maxUnavailable } = spec ?? {};
  if (maxUnavailable !== undefined) {
    const expectedPods = scaleOf(deps, pods);
    const most = intOrPercent(maxUnavailable, expectedPods, Math.ceil);
    return { expectedPods, desiredHealthy: Math.max(0, expectedPods - most) };
  }
  const expectedPods = typeof minAvailable === "string" ? scaleOf(deps, pods) : pods.length;
  return { expectedPods, desiredHealthy: intOrPercent(minAvailable ?? 0, expectedPods, Math.ceil) };
}

/** The pods that all their owners together ask for; fails where an owner cannot be scaled. */
function scaleOf({ core }: ControllerDeps, pods: readonly Pod[]): number {
  const owners = new Map<string, number>();
  for (const pod of pods) {
    const owner = ownerOf(core, pod);
    if (owner === undefined) continue;
    const kind = core.kinds.of(owner);
    if (kind.scale === undefined) {
      const resource = kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
      throw new Error(`${resource} does not implement the scale subresource`);
    }
    owners.set(owner.metadata.uid ?? "", Number(at(owner, kind.scale.specReplicasPath.replace(/^\./, "")) ?? 1));
  }
  return [...owners.values()].reduce((sum, replicas) => sum + replicas, 0);
}

/** The topmost of the controllers of a pod, such as its ReplicaSet's Deployment. */
function ownerOf(core: ControllerDeps["core"], object: KubeObject): KubeObject | undefined {
  const reference = controllerOf(object);
  if (reference === undefined || core.kinds.find(reference) === undefined) return undefined;
  const owner = core.find(refTo(reference, `${object.metadata.namespace}/${reference.name}`));
  return owner && (ownerOf(core, owner) ?? owner);
}

function tell(
  { core, clock }: ControllerDeps,
  budget: PodDisruptionBudget,
  status: { readonly disruptionsAllowed: number; readonly disruptedPods?: Record<string, string> },
  [allowed, reason, message]: readonly ["True" | "False", string, string],
): void {
  const observedGeneration = budget.metadata.generation ?? 0;
  const condition = { type: "DisruptionAllowed", status: allowed, reason, message, observedGeneration };
  const conditions = withCondition(budget.status?.conditions, condition, clock.now());
  // A merge patch keeps what it does not name
  const gone = Object.keys(budget.status?.disruptedPods ?? {}).map((name) => [name, null]);
  const disruptedPods = { ...Object.fromEntries(gone), ...status.disruptedPods };
  writeStatus(core, budget, { ...status, disruptedPods, observedGeneration, conditions }, controllerManager);
}
