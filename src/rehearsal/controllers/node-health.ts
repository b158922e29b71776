import { type Condition, conditionOf, isTerminal, type Node, type Pod, type Taint } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import { writeConditions } from "../core/conditions.ts";
import { find, nameOf, refOf } from "../core/refs.ts";
import { startController, watching } from "./controller.ts";
import { type ControllerDeps, controllerManager } from "./deps.ts";
import { nodeConditions } from "./node-object.ts";
import type { Requeue } from "./queue.ts";

const fieldManager = controllerManager;
const leaseNamespace = "kube-node-lease";
/** kube-controller-manager's `--node-monitor-grace-period`: its default since Kubernetes 1.29. */
const graceMs = 50_000;
const unknown = {
  status: "Unknown",
  reason: "NodeStatusUnknown",
  message: "Kubelet stopped posting node status.",
} as const;

/**
 * The node lifecycle controller: a node whose kubelet does not renew its Lease is Unknown, and taints follow what a node's
 * conditions say. A node without a Lease has no kubelet that could fall silent.
 */
export function startNodeHealth(deps: ControllerDeps): () => void {
  return startController(deps, {
    kind: "Node",
    reconcile: (node) => reconcile(deps, node),
    watches: [watching("Lease", (lease) => (lease.metadata.namespace === leaseNamespace ? nameOf(lease) : undefined))],
  });
}

function reconcile(deps: ControllerDeps, node: Node): Requeue | undefined {
  const { core, clock } = deps;
  const lease = find(core, "Lease", `${leaseNamespace}/${nameOf(node)}`);
  const afterMs = Date.parse(lease?.spec?.renewTime ?? "") + graceMs - clock.now();
  const ready = conditionOf(node, "Ready");
  if (afterMs <= 0 && ready?.status !== "Unknown") markUnknown(deps, node);
  // The kubelet is back: it posts its status, as it does when it starts
  if (afterMs > 0 && ready?.reason === unknown.reason) {
    writeConditions(deps, node, nodeConditions(true, clock.now()), { fieldManager: "kubelet" });
  }
  syncTaints(deps, find(core, "Node", nameOf(node)) ?? node);
  return afterMs > 0 ? { afterMs, background: true } : undefined;
}

function markUnknown(deps: ControllerDeps, node: Node): void {
  const { clock, pods, events } = deps;
  const conditions = nodeConditions(false, clock.now())
    .filter(({ type }) => type !== "Simulated")
    .map(({ type }) => ({ ...conditionOf(node, type), type, ...unknown }));
  writeConditions(deps, node, conditions, { fieldManager });
  events.nodes.record(node, "Normal", "NodeNotReady", `Node ${nameOf(node)} status is now: NodeNotReady`);
  for (const pod of pods.onNode(nameOf(node))) if (!isTerminal(pod)) markNotReady(deps, pod);
}

function markNotReady(deps: ControllerDeps, pod: Pod): void {
  const ready = conditionOf(pod, "Ready");
  if (ready?.status !== "True") return;
  writeConditions(deps, pod, [{ ...ready, status: "False" }], { fieldManager });
  deps.events.nodes.record(pod, "Warning", "NodeNotReady", "Node is not ready");
}

type Effect = "NoSchedule" | "NoExecute";
const both: readonly Effect[] = ["NoSchedule", "NoExecute"];

/** Which condition in which state keeps pods away. */
const taintOf: readonly [string, Condition["status"], string, readonly Effect[]][] = [
  ["Ready", "False", "not-ready", both],
  ["Ready", "Unknown", "unreachable", both],
  ["MemoryPressure", "True", "memory-pressure", ["NoSchedule"]],
  ["DiskPressure", "True", "disk-pressure", ["NoSchedule"]],
  ["PIDPressure", "True", "pid-pressure", ["NoSchedule"]],
  ["NetworkUnavailable", "True", "network-unavailable", ["NoSchedule"]],
];

const prefix = "node.kubernetes.io/";
const managed = new Set([...taintOf.map(([, , key]) => prefix + key), `${prefix}unschedulable`]);

function syncTaints({ core, clock }: ControllerDeps, node: Node): void {
  const old = node.spec?.taints ?? [];
  const wanted = wantedTaints(node, timestamp(clock.now()));
  const isIn = (taints: readonly Taint[]) => (a: Taint) => taints.some((b) => a.key === b.key && a.effect === b.effect);
  const kept = old.filter((taint) => !managed.has(taint.key) || isIn(wanted)(taint));
  const added = wanted.filter((taint) => !isIn(old)(taint));
  if (added.length === 0 && kept.length === old.length) return;
  core.patch(refOf(node), { spec: { taints: [...kept, ...added] } }, { fieldManager });
}

function wantedTaints(node: Node, timeAdded: string): Taint[] {
  const byCondition = taintOf
    .filter(([type, status]) => conditionOf(node, type)?.status === status)
    .flatMap(([, , key, effects]) => effects.map((effect) => ({ key: prefix + key, effect, timeAdded })));
  const cordon: Taint = { key: `${prefix}unschedulable`, effect: "NoSchedule", timeAdded };
  return node.spec?.unschedulable === true ? [...byCondition, cordon] : byCondition;
}
