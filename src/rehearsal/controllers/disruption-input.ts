import { conditionOf, isTerminal, type NodeClaim, type Pod } from "../../cluster/objects.ts";
import type { DisruptInput, DisruptionNode } from "../../planner/disruption-types.ts";
import { labelKeys } from "../../planner/instance-labels.ts";
import { budgetsOf, controllerOf, isDeleting, kindRef, list, nameOf } from "../core/refs.ts";
import { boundPod, disruptionPool, isProtectedNode, planNode, planPod } from "./convert.ts";
import type { NodeDeps } from "./deps.ts";
import { isInitialized, nodeOf, planned, poolNameOf } from "./node-state.ts";
import { daemonOverhead } from "./provisioner.ts";

/** The cluster as the planner's `disrupt` wants it. */
export function disruptionInput(deps: NodeDeps, podEvents: PodEvents): DisruptInput {
  const { core, clock, fleet, pods } = deps;
  const claims = list(core, "NodeClaim");
  return {
    nodes: claims.flatMap((claim) => disruptionNode(deps, podEvents, claim) ?? []),
    pools: planned(core, claims, disruptionPool),
    offerings: fleet.offerings,
    unavailable: fleet.unavailable.has,
    daemonOverhead,
    pendingPods: pods.pending().map(planPod),
    nowMs: clock.now(),
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
      .filter((pod) => !isTerminal(pod) && controllerOf(pod)?.kind !== "DaemonSet")
      .map((pod) => boundPod(pod, budgetsOf(core, pod))),
    usdPerHour: Number(annotations["aura.dev/usd-per-hour"] ?? 0),
    capacityType: labels[labelKeys.capacityType] ?? "",
    createdAtMs: Date.parse(claim.metadata.creationTimestamp ?? ""),
    lastPodEventMs: lastPodEventMs(podEvents, claim),
    deleting: isDeleting(claim),
    doNotDisrupt: isProtectedNode(node) || isProtectedNode(claim),
    nominatedUntilMs: Math.max(nominations.untilMs(name), nominations.untilMs(nameOf(claim))),
  };
}

/** When a pod last came to or left a claim's node, or the node became ready for pods. */
export function lastPodEventMs(podEvents: PodEvents, claim: NodeClaim): number {
  const initializedMs = Date.parse(conditionOf(claim, "Initialized")?.lastTransitionTime ?? "") || 0;
  return Math.max(podEvents.lastMs(claim.status?.nodeName ?? ""), initializedMs);
}

/** When each node's pods last changed: what `consolidateAfter` counts from. */
export interface PodEvents {
  /** 0 for a node that never had a pod. */
  lastMs(node: string): number;
  stop(): void;
}

export function podEvents({ core, clock }: NodeDeps): PodEvents {
  const last = new Map<string, number>();
  const states = new Map<string, "bound" | "ended">();
  const stop = core.subscribe<Pod>(kindRef("Pod"), ({ type, object }) => {
    const { uid = "" } = object.metadata;
    const node = object.spec?.nodeName;
    if (!node) return;
    const state = isTerminal(object) ? "ended" : "bound";
    const isNews = type === "DELETED" ? states.get(uid) !== "ended" : states.get(uid) !== state;
    if (type === "DELETED") states.delete(uid);
    else states.set(uid, state);
    if (isNews) last.set(node, clock.now());
  });
  return { lastMs: (node) => last.get(node) ?? 0, stop };
}
