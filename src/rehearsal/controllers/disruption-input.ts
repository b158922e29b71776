import { conditionOf, type NodeClaim, type PodDisruptionBudget } from "../../cluster/objects.ts";
import type { DisruptInput, DisruptionNode } from "../../planner/disruption-types.ts";
import { labelKeys } from "../../planner/instance-labels.ts";
import { budgetsOf, controllerOf, isDeleting, list, nameOf } from "../core/refs.ts";
import { boundPod, disruptionPool, isProtectedNode, planNode, planPod } from "./convert.ts";
import type { NodeDeps } from "./deps.ts";
import { isInitialized, nodeOf, planned, poolNameOf } from "./node-state.ts";
import type { PodEvents } from "./pod-events.ts";
import { isEnded } from "./pod-index.ts";
import { daemonOverhead } from "./provisioner.ts";

/** The cluster as the planner's `disrupt` wants it, and the NodeClaim of each of its nodes. */
export function disruptionInput(
  deps: NodeDeps,
  podEvents: PodEvents,
): { readonly input: DisruptInput; readonly claims: ReadonlyMap<string, NodeClaim> } {
  const { core, clock, fleet, pods } = deps;
  const all = list(core, "NodeClaim");
  const nodes = all.flatMap((claim) => {
    const node = disruptionNode(deps, podEvents, claim);
    return node === undefined ? [] : [[node, claim] as const];
  });
  return {
    input: {
      nodes: nodes.map(([node]) => node),
      pools: planned(core, all, disruptionPool),
      offerings: fleet.offerings,
      unavailable: fleet.unavailable.has,
      daemonOverhead,
      pendingPods: pods.pending().map(planPod),
      nowMs: clock.now(),
    },
    claims: new Map(nodes.map(([node, claim]) => [node.name, claim])),
  };
}

/** Undefined for a claim without a node. */
function disruptionNode(deps: NodeDeps, podEvents: PodEvents, claim: NodeClaim): DisruptionNode | undefined {
  const { core, pods, nominations } = deps;
  const node = nodeOf(core, claim);
  if (node === undefined) return undefined;
  const name = nameOf(node);
  const bound = pods.onNode(name);
  const { annotations = {}, labels = {} } = claim.metadata;
  return {
    ...planNode(claim, node, bound, isInitialized(claim)),
    pool: poolNameOf(claim),
    pods: bound
      .filter((pod) => !isEnded(pod) && controllerOf(pod)?.kind !== "DaemonSet")
      .map((pod) => boundPod(pod, isHeld(budgetsOf(core, pod)))),
    usdPerHour: Number(annotations["aura.dev/usd-per-hour"] ?? 0),
    capacityType: labels[labelKeys.capacityType] ?? "",
    createdAtMs: Date.parse(claim.metadata.creationTimestamp ?? ""),
    lastPodEventMs: lastPodEventMs(podEvents, claim),
    deleting: isDeleting(claim),
    doNotDisrupt: isProtectedNode(node) || isProtectedNode(claim),
    nominatedUntilMs: Math.max(nominations.untilMs(name), nominations.untilMs(nameOf(claim))),
  };
}

/** Whether disruption budgets keep a pod where it is; several do, as the eviction API does not know which to ask. */
function isHeld(budgets: readonly PodDisruptionBudget[]): boolean {
  return budgets.length > 1 || budgets.some(({ status }) => (status?.disruptionsAllowed ?? 0) === 0);
}

/** When a pod last came to or left a claim's node, or the node became ready for pods. */
export function lastPodEventMs(podEvents: PodEvents, claim: NodeClaim): number {
  const initializedMs = Date.parse(conditionOf(claim, "Initialized")?.lastTransitionTime ?? "") || 0;
  return Math.max(podEvents.lastMs(claim.status?.nodeName ?? ""), initializedMs);
}
