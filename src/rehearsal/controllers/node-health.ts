import type { Condition, KubeObject, Node, Pod, Taint } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import { conditionIn, writeConditions } from "./conditions.ts";
import { startController, watching } from "./controller.ts";
import type { ControllerDeps } from "./deps.ts";
import { nodeConditions } from "./node-object.ts";
import { isEnded } from "./pod-index.ts";
import type { Requeue } from "./queue.ts";
import { nameOf, nodeKind, refOf, refTo } from "./refs.ts";

const fieldManager = "kube-controller-manager";
const leaseKind = { apiVersion: "coordination.k8s.io/v1", kind: "Lease" };
const leaseNamespace = "kube-node-lease";
/** kube-controller-manager's `--node-monitor-grace-period`: its default since Kubernetes 1.29. */
const graceMs = 50_000;
const unknown = { reason: "NodeStatusUnknown", message: "Kubelet stopped posting node status." };

interface Lease extends KubeObject {
  spec?: { renewTime?: string };
}

/**
 * The node lifecycle controller: a node whose kubelet does not renew its Lease is Unknown, and taints follow what a node's
 * conditions say. A node without a Lease has no kubelet that could fall silent.
 */
export function startNodeHealth(deps: ControllerDeps): () => void {
  return startController(deps, {
    name: "node",
    reconcile: (name) => reconcile(deps, name),
    watches: [
      watching<Node>(nodeKind, nameOf),
      watching<Lease>(leaseKind, (lease) => (lease.metadata.namespace === leaseNamespace ? nameOf(lease) : undefined)),
    ],
  });
}

function reconcile(deps: ControllerDeps, name: string): Requeue | undefined {
  const { core, clock } = deps;
  const find = () => core.find<Node>(refTo(nodeKind, name));
  const node = find();
  const lease = core.find<Lease>(refTo(leaseKind, `${leaseNamespace}/${name}`));
  if (node === undefined) return undefined;
  const heardMs = Date.parse(lease?.spec?.renewTime ?? "");
  const leftMs = heardMs + graceMs - clock.now();
  const ready = conditionIn(node, "Ready");
  if (leftMs <= 0 && ready?.status !== "Unknown") markUnknown(deps, node);
  // The kubelet is back: it posts its status, as it does when it starts
  if (leftMs > 0 && ready?.reason === unknown.reason) {
    writeConditions(deps, node, nodeConditions(true, clock.now()), { fieldManager: "kubelet" });
  }
  syncTaints(deps, find() ?? node);
  return leftMs > 0 ? { afterMs: leftMs, background: true } : undefined;
}

function markUnknown(deps: ControllerDeps, node: Node): void {
  const { clock, pods, events } = deps;
  const conditions = nodeConditions(false, clock.now())
    .filter(({ type }) => type !== "Simulated")
    .map(({ type }) => ({ ...conditionIn(node, type), type, status: "Unknown" as const, ...unknown }));
  writeConditions(deps, node, conditions, { fieldManager });
  events.nodes.record(node, "Normal", "NodeNotReady", `Node ${nameOf(node)} status is now: NodeNotReady`);
  for (const pod of pods.onNode(nameOf(node))) if (!isEnded(pod)) markNotReady(deps, pod);
}

function markNotReady(deps: ControllerDeps, pod: Pod): void {
  const ready = conditionIn(pod, "Ready");
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
  const old = (node.spec?.taints ?? []) as readonly Taint[];
  const wanted = wantedTaints(node, timestamp(clock.now()));
  const isSame = (a: Taint) => (b: Taint) => a.key === b.key && a.effect === b.effect;
  const kept = old.filter((taint) => !managed.has(taint.key) || wanted.some(isSame(taint)));
  const added = wanted.filter((taint) => !old.some(isSame(taint)));
  if (added.length === 0 && kept.length === old.length) return;
  core.patch(refOf(node), { spec: { taints: [...kept, ...added] } }, { fieldManager });
}

function wantedTaints(node: Node, timeAdded: string): Taint[] {
  const byCondition = taintOf
    .filter(([type, status]) => conditionIn(node, type)?.status === status)
    .flatMap(([, , key, effects]) => effects.map((effect) => ({ key: prefix + key, effect, timeAdded })));
  const cordon: Taint = { key: `${prefix}unschedulable`, effect: "NoSchedule", timeAdded };
  return node.spec?.unschedulable === true ? [...byCondition, cordon] : byCondition;
}
