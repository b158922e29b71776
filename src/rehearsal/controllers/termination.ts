import { isApiError } from "../../cluster/api.ts";
import { isTerminal, type Node, type NodeClaim, type Pod } from "../../cluster/objects.ts";
import { tolerates } from "../../planner/taints.ts";
import type { Toleration } from "../../planner/types.ts";
import { writeConditions } from "../core/conditions.ts";
import { evict } from "../core/evict.ts";
import { dropFinalizer } from "../core/gc.ts";
import { controllerOf, find, isDeleting, nameOf, refOf } from "../core/refs.ts";
import { startController, watching } from "./controller.ts";
import { durationOrNever, protectedUntilMs } from "./convert.ts";
import type { NodeDeps } from "./deps.ts";
import { claimNameOf, disruptedTaint, nodeOf, terminationFinalizer } from "./node-state.ts";
import { failPod } from "./pod-end.ts";
import type { Requeue } from "./queue.ts";

const fieldManager = "karpenter";
/** A drain takes at least this long, so that every controller sees the taint (Karpenter's minimum drain time). */
const leastDrainMs = 5000;

/**
 * Ends a NodeClaim that is being deleted: taints its node, evicts the pods, terminates the instance, waits until it is
 * gone, and lets Node and NodeClaim go. A pod annotated do-not-disrupt is waited for until the claim's
 * terminationGracePeriod is over; of a node whose instance is gone nothing is waited for.
 */
export function startTermination(deps: NodeDeps): () => void {
  const { core, fleet } = deps;
  return startController(deps, {
    kind: "NodeClaim",
    name: "termination of",
    concerns: isDeleting,
    reconcile: (claim) => (isDeleting(claim) ? reconcile(deps, claim) : undefined),
    watches: [
      watching("Pod", (pod) => {
        const node = find(core, "Node", pod.spec?.nodeName ?? "");
        return node && isDeleting(node) ? claimNameOf(node) : undefined;
      }),
      watching("Node", (node, type) => {
        if (type !== "DELETED" && isDeleting(node)) endClaimOf(deps, node);
        return undefined;
      }),
    ],
    listen: (add) => fleet.subscribe((event, { claim }) => event === "ended" && add(claim)),
  });
}

/** A Node that is deleted by hand takes its claim, and so its instance, with it. */
function endClaimOf({ core }: NodeDeps, node: Node): void {
  const claim = find(core, "NodeClaim", claimNameOf(node) ?? "");
  if (claim !== undefined && !isDeleting(claim)) core.delete(refOf(claim));
}

function reconcile(deps: NodeDeps, claim: NodeClaim): Requeue | undefined {
  const { core, fleet } = deps;
  const instance = fleet.ofClaim(nameOf(claim));
  const node = nodeOf(core, claim);
  if (node !== undefined && instance !== undefined && instance.state !== "shutting-down") {
    const wait = drain(deps, claim, node);
    if (wait !== undefined) return wait;
    setCondition(deps, claim, "Drained");
  }
  if (instance !== undefined) {
    fleet.terminate(instance.id);
    setCondition(deps, claim, "InstanceTerminating");
    return undefined;
  }
  if (node !== undefined) removeNode(deps, node);
  dropFinalizer(core, claim, terminationFinalizer, fieldManager);
  return undefined;
}

/** Evicts what can be evicted; undefined when nothing is left to wait for. */
function drain(deps: NodeDeps, claim: NodeClaim, node: Node): Requeue | undefined {
  const { core, clock } = deps;
  taint(deps, node);
  if (!isDeleting(node)) core.delete(refOf(node));
  const startedMs = Date.parse(claim.metadata.deletionTimestamp ?? "");
  const deadlineMs = startedMs + durationOrNever(claim.spec.terminationGracePeriod ?? "Never");
  const pods = deps.pods.onNode(nameOf(node)).filter(isDrained);
  const leastMs = startedMs + leastDrainMs - clock.now();
  if (clock.now() >= deadlineMs) {
    for (const pod of pods) failPod(deps, pod, "the node's terminationGracePeriod is over");
    return undefined;
  }
  for (const pod of pods) evictPod(deps, pod, deadlineMs);
  if (leastMs > 0) return { afterMs: leastMs };
  if (pods.length === 0) return undefined;
  // The end of a pod brings the claim back; what is awaited beside is the next deadline
  const next = pods.map((pod) => nextEvictionMs(pod, deadlineMs, clock.now()));
  return { afterMs: Math.min(...next, deadlineMs - clock.now()), background: true };
}

function taint({ core, events }: NodeDeps, node: Node): void {
  const taints = node.spec?.taints ?? [];
  if (taints.some(({ key }) => key === disruptedTaint.key)) return;
  core.patch(refOf(node), { spec: { taints: [...taints, disruptedTaint] } }, { fieldManager });
  const message = "Node is tainted karpenter.sh/disrupted and its pods are evicted";
  events.karpenter.record(node, "Normal", "Draining", message);
}

/** Pods that a drain waits for: not ended, not of a DaemonSet or the node itself, not tolerating the taint. */
function isDrained(pod: Pod): boolean {
  const owner = controllerOf(pod)?.kind;
  if (isTerminal(pod) || owner === "DaemonSet" || owner === "Node") return false;
  const tolerations = (pod.spec?.tolerations ?? []) as readonly Toleration[];
  return !tolerations.some((toleration) => tolerates(toleration, disruptedTaint));
}

/** When a pod must be evicted, protected or not, for its grace period to end before the node's. */
function forcedMs(pod: Pod, deadlineMs: number): number {
  return deadlineMs - 1000 * (pod.spec?.terminationGracePeriodSeconds ?? 30);
}

/** How long an eviction that a disruption budget refused waits (the longest back-off of Karpenter's eviction queue). */
const refusedMs = 10_000;

function nextEvictionMs(pod: Pod, deadlineMs: number, nowMs: number): number {
  if (isDeleting(pod)) return Number.POSITIVE_INFINITY;
  const leastMs = protectedUntilMs(pod) > nowMs ? protectedUntilMs(pod) : nowMs + refusedMs;
  return Math.max(0, Math.min(leastMs, forcedMs(pod, deadlineMs)) - nowMs);
}

/** Evicts a pod as far as its protection and its budget let it; deletes it when the node's time would else be over. */
function evictPod(deps: NodeDeps, pod: Pod, deadlineMs: number): void {
  const { core, clock, events } = deps;
  const nowMs = clock.now();
  if (isDeleting(pod)) return;
  if (nowMs >= forcedMs(pod, deadlineMs)) {
    core.delete(refOf(pod), { gracePeriodSeconds: Math.max(1, Math.floor((deadlineMs - nowMs) / 1000)) });
    const text = "Deleted the pod to accommodate the terminationGracePeriod of its node";
    events.karpenter.record(pod, "Normal", "Disrupted", text);
  } else if (protectedUntilMs(pod) <= nowMs && mayEvict(deps, pod)) {
    events.karpenter.record(pod, "Normal", "Evicted", "Evicted pod: its node is being terminated");
  }
}

/** Whether the eviction was granted: 429 is a disruption budget's refusal, 500 is that there are several. */
function mayEvict({ core, clock }: NodeDeps, pod: Pod): boolean {
  try {
    evict(core, clock, refOf(pod));
    return true;
  } catch (error) {
    if (isApiError(error, 429) || isApiError(error, 500)) return false;
    throw error;
  }
}

/** Pods that are still on a node whose instance is gone end with it. */
function removeNode(deps: NodeDeps, node: Node): void {
  const name = nameOf(node);
  for (const pod of deps.pods.onNode(name)) if (!isTerminal(pod)) failPod(deps, pod, `its node ${name} is gone`);
  if (!isDeleting(node)) deps.core.delete(refOf(node));
  dropFinalizer(deps.core, node, terminationFinalizer, fieldManager);
}

function setCondition(deps: NodeDeps, claim: NodeClaim, type: string): void {
  writeConditions(deps, claim, [{ type, status: "True", reason: type, message: "" }], { fieldManager });
}
