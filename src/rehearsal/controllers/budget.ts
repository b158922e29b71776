import { type KubeObject, keyOf, type Pod, type PodDisruptionBudget } from "../../cluster/objects.ts";
import { at } from "../core/json.ts";
import { claimants, selecting } from "./claim.ts";
import { holds, withCondition } from "./conditions.ts";
import { startController, watching } from "./controller.ts";
import type { ControllerDeps } from "./deps.ts";
import { intOrPercent } from "./int-or-percent.ts";
import type { Requeue } from "./queue.ts";
import { budgetKind, controllerOf, deploymentKind, isDeleting, nameOf, podKind, refOf, refTo } from "./refs.ts";

/** How long an eviction counts whose pod is still there (the disruption controller's DeletionTimeout). */
const evictedMs = 120_000;

/** The disruption controller: says how many pods of each PodDisruptionBudget may be evicted now. */
export function startBudgets(deps: ControllerDeps): () => void {
  return startController(deps, {
    name: "poddisruptionbudget",
    reconcile: (key) => reconcile(deps, key),
    watches: [
      watching<PodDisruptionBudget>(budgetKind, keyOf),
      watching<Pod>(podKind, (pod) => claimants(deps.core, budgetKind, pod)),
      watching<KubeObject>(deploymentKind, ({ metadata: { namespace = "default" } }) =>
        deps.core.list({ ...budgetKind, namespace }).items.map(keyOf),
      ),
    ],
  });
}

function reconcile(deps: ControllerDeps, key: string): Requeue | undefined {
  const { core, clock, events } = deps;
  const budget = core.find<PodDisruptionBudget>(refTo(budgetKind, key));
  if (budget === undefined) return undefined;
  const pods = deps.pods.inNamespace(budget.metadata.namespace ?? "default").filter(selecting(budget));
  if (pods.length === 0) events.budgets.record(budget, "Normal", "NoPods", "No matching pods found");
  const disruptedPods = stillDisrupted(budget, pods, clock.now());
  const currentHealthy = pods.filter(
    (pod) => !isDeleting(pod) && disruptedPods[nameOf(pod)] === undefined && holds(pod, "Ready"),
  ).length;
  try {
    const { expectedPods, desiredHealthy } = expected(deps, budget, pods);
    const allowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
    const status = { currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed: allowed };
    writeStatus(
      deps,
      budget,
      { ...status, disruptedPods },
      allowed > 0 ? ["True", "SufficientPods"] : ["False", "InsufficientPods"],
    );
  } catch (error) {
    const message = `Failed to calculate the number of expected pods: ${error instanceof Error ? error.message : error}`;
    events.budgets.record(budget, "Warning", "CalculateExpectedPodCountFailed", message);
    writeStatus(deps, budget, noneAllowed, ["False", "SyncFailed"], message);
  }
  const ends = Object.values(disruptedPods).map((time) => Date.parse(time) + evictedMs - clock.now());
  return ends.length === 0 ? undefined : { afterMs: Math.max(0, Math.min(...ends)) + 1, background: true };
}

const noneAllowed = { disruptionsAllowed: 0 };

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

function writeStatus(
  { core, clock }: ControllerDeps,
  budget: PodDisruptionBudget,
  status: { readonly disruptionsAllowed: number; readonly disruptedPods?: Record<string, string> },
  [allowed, reason]: readonly ["True" | "False", string],
  message = "",
): void {
  const observedGeneration = budget.metadata.generation ?? 0;
  const condition = { type: "DisruptionAllowed", status: allowed, reason, message, observedGeneration };
  const conditions = withCondition(budget.status?.conditions, condition, clock.now());
  // A merge patch keeps what it does not name
  const gone = Object.keys(budget.status?.disruptedPods ?? {}).map((name) => [name, null]);
  const disruptedPods = { ...Object.fromEntries(gone), ...status.disruptedPods };
  const patch = { status: { ...status, disruptedPods, observedGeneration, conditions } };
  core.patch(refOf(budget), patch, { subresource: "status", fieldManager: "kube-controller-manager" });
}
