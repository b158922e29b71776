import { keyOf, type Node, type Pod } from "../../cluster/objects.ts";
import { firstMismatch, type Requirements, requirementsOf } from "../../planner/requirements.ts";
import { add, type Resources, subtract } from "../../planner/resources.ts";
import { untolerated } from "../../planner/taints.ts";
import type { Labels, Taint, Toleration } from "../../planner/types.ts";
import { conditionIn, holds, writeConditions } from "./conditions.ts";
import { startController, watching } from "./controller.ts";
import { alternativesOf, requestsOf, requestsOn, resourcesOf } from "./convert.ts";
import type { ControllerDeps } from "./deps.ts";
import { isEnded } from "./pod-index.ts";
import { preempt, priorityOf } from "./preemption.ts";
import type { Requeue } from "./queue.ts";
import { type Quiet, quietPeriods } from "./quiet-periods.ts";
import { nameOf, nodeKind, podKind, refOf } from "./refs.ts";

const fieldManager = "kube-scheduler";
const cycleKey = "cycle";

/**
 * The default scheduler: binds each pod that waits to a node it fits, else says why there is none. Among several it
 * takes the least allocated one, as the scheduler that EKS runs does, so that a rehearsal spreads pods as EKS would.
 * Pods of less priority make room for one that fits nowhere. Not rehearsed: pod affinity, topology spread, volumes.
 */
export function startScheduler(deps: ControllerDeps): () => void {
  const quiet = quietPeriods(deps.clock);
  return startController(deps, {
    name: "scheduler",
    reconcile: () => cycle(deps, quiet),
    watches: [
      watching<Pod>(podKind, (pod, type) => {
        if (type === "DELETED" || pod.spec?.nodeName) quiet.forget(pod.metadata.uid ?? "");
        return type === "DELETED" || isEnded(pod) || isWaiting(pod) ? cycleKey : undefined;
      }),
      watching<Node>(nodeKind, () => cycleKey),
    ],
  });
}

/** Whether a pod is the default scheduler's to place. */
export function isWaiting(pod: Pod): boolean {
  const { nodeName, schedulerName = "default-scheduler", schedulingGates = [] } = pod.spec ?? {};
  const isOurs = schedulerName === "default-scheduler" && schedulingGates.length === 0;
  return !nodeName && isOurs && pod.metadata.deletionTimestamp === undefined && pod.status?.phase === "Pending";
}

/** A node that pods may be put on. */
export interface Candidate {
  readonly name: string;
  readonly pods: readonly Pod[];
  readonly unschedulable: boolean;
  readonly taints: readonly Taint[];
  readonly labels: Labels;
  readonly allocatable: Resources;
  free: Resources;
}

/** What a pod asks of a node. */
export interface Wish {
  readonly requests: Resources;
  readonly alternatives: readonly Requirements[];
  readonly tolerations: readonly Toleration[];
}

/** Places every waiting pod, by priority and age. Comes again for those that could not be told their reason yet. */
function cycle(deps: ControllerDeps, quiet: Quiet): Requeue | undefined {
  const waiting = inQueueOrder(deps.pods.pending().filter(isWaiting));
  if (waiting.length === 0) return undefined;
  let untoldMs = Number.POSITIVE_INFINITY;
  const candidates = deps.core
    .list<Node>(nodeKind)
    .items.map((node) => candidateOf(node, deps.pods.onNode(nameOf(node))));
  const lowest = Math.min(...candidates.map(({ pods }) => Math.min(...pods.map(priorityOf))));
  // Within a cycle nodes only fill up: what failed for one pod fails for its equals
  const failed = new Map<string, string>();
  for (const pod of waiting) {
    const shape = shapeOf(pod);
    const known = failed.get(shape);
    const outcome = known === undefined ? place(candidates, wishOf(pod)) : { message: known };
    if ("node" in outcome) {
      bind(deps, pod, outcome.node);
      continue;
    }
    failed.set(shape, outcome.message);
    if (priorityOf(pod) > lowest) preempt(deps, candidates, pod, wishOf(pod));
    untoldMs = Math.min(untoldMs, refuse(deps, quiet, pod, outcome.message));
  }
  return Number.isFinite(untoldMs) ? { afterMs: untoldMs, background: true } : undefined;
}

// Objects of the core never change: what was read from one once holds for good
const shapes = new WeakMap<Pod, string>();
const allocatables = new WeakMap<Node, Resources>();

/** What decides where a pod fits: equal for pods that fit the same nodes. */
function shapeOf(pod: Pod): string {
  const known = shapes.get(pod);
  if (known !== undefined) return known;
  const shape = JSON.stringify([requestsOf(pod), alternativesOf(pod), pod.spec?.tolerations]);
  shapes.set(pod, shape);
  return shape;
}

function allocatableOf(node: Node): Resources {
  const known = allocatables.get(node);
  if (known !== undefined) return known;
  const allocatable = resourcesOf(node.status?.allocatable as Readonly<Record<string, string>> | undefined);
  allocatables.set(node, allocatable);
  return allocatable;
}

function inQueueOrder(pods: readonly Pod[]): Pod[] {
  const created = ({ metadata }: Pod) => metadata.creationTimestamp ?? "";
  return [...pods].sort(
    (a, b) =>
      priorityOf(b) - priorityOf(a) ||
      compare(created(a), created(b)) ||
      compare(a.metadata.uid ?? "", b.metadata.uid ?? ""),
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function candidateOf(node: Node, pods: readonly Pod[]): Candidate {
  const taints = (node.spec?.taints ?? []) as readonly Taint[];
  const notReady = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" };
  const allocatable = allocatableOf(node);
  return {
    name: nameOf(node),
    pods,
    unschedulable: node.spec?.unschedulable === true,
    taints: holds(node, "Ready") ? taints : [...taints, notReady],
    labels: { ...node.metadata.labels, "metadata.name": nameOf(node) },
    allocatable,
    free: subtract(allocatable, requestsOn(pods)),
  };
}

function wishOf(pod: Pod): Wish {
  return {
    requests: add(requestsOf(pod), { pods: 1 }),
    alternatives: alternativesOf(pod).map(requirementsOf),
    tolerations: (pod.spec?.tolerations ?? []) as readonly Toleration[],
  };
}

/** Takes the room on the best node, or says of all of them why not. */
function place(candidates: readonly Candidate[], wish: Wish): { node: string } | { message: string } {
  const counts = new Map<string, number>();
  let best: { candidate: Candidate; score: number } | undefined;
  for (const candidate of candidates) {
    const obstacles = obstaclesOf(candidate, wish);
    for (const obstacle of obstacles) counts.set(obstacle, (counts.get(obstacle) ?? 0) + 1);
    if (obstacles.length > 0) continue;
    const score = leastAllocatedScore(candidate, wish.requests);
    if (best === undefined || score > best.score) best = { candidate, score };
  }
  if (best === undefined) return { message: refusal(candidates.length, counts) };
  best.candidate.free = subtract(best.candidate.free, wish.requests);
  return { node: best.candidate.name };
}

/** In the order and words of kube-scheduler's filters; the first filter that refuses speaks. */
export function obstaclesOf({ unschedulable, taints, labels, free }: Candidate, wish: Wish): string[] {
  if (unschedulable) return ["node(s) were unschedulable"];
  const taint = untolerated(taints, wish.tolerations);
  if (taint !== undefined) return [`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ""}}`];
  if (!wish.alternatives.some((wanted) => firstMismatch(wanted, labels) === undefined)) {
    return ["node(s) didn't match Pod's node affinity/selector"];
  }
  return Object.entries(wish.requests)
    .filter(([name, amount]) => amount > 0 && amount > (free[name] ?? 0))
    .map(([name]) => (name === "pods" ? "Too many pods" : `Insufficient ${name}`));
}

/** The mean share of CPU and memory that would be left, 0 to 1. */
function leastAllocatedScore({ free, allocatable }: Candidate, requests: Resources): number {
  const share = (name: string) => ((free[name] ?? 0) - (requests[name] ?? 0)) / (allocatable[name] || 1);
  return (share("cpu") + share("memory")) / 2;
}

function refusal(nodes: number, counts: ReadonlyMap<string, number>): string {
  if (nodes === 0) return "no nodes available to schedule pods";
  const reasons = [...counts].map(([reason, number]) => `${number} ${reason}`).sort();
  return `0/${nodes} nodes are available: ${reasons.join(", ")}.`;
}

function bind({ core, events }: ControllerDeps, pod: Pod, node: string): void {
  core.patch(refOf(pod), { spec: { nodeName: node } }, { subresource: "binding", fieldManager });
  events.scheduler.record(pod, "Normal", "Scheduled", `Successfully assigned ${keyOf(pod)} to ${node}`);
}

/**
 * Said once: a pod that waits for the same reason as before is left alone, and a new reason waits its time. Each node
 * that comes changes the reason of every pod that waits: a thousand of them would be told of each step of each node.
 * Returns the milliseconds until it may be said; Infinity when nothing is left to say.
 */
function refuse(deps: ControllerDeps, quiet: Quiet, pod: Pod, message: string): number {
  const old = conditionIn(pod, "PodScheduled");
  if (old?.status === "False" && old.message === message) return Number.POSITIVE_INFINITY;
  const uid = pod.metadata.uid ?? "";
  const leftMs = quiet.leftMs(uid);
  if (leftMs > 0) return leftMs;
  quiet.begin(uid);
  const condition = { type: "PodScheduled", status: "False" as const, reason: "Unschedulable", message };
  writeConditions(deps, pod, [condition], { fieldManager });
  deps.events.scheduler.record(pod, "Warning", "FailedScheduling", message);
  return Number.POSITIVE_INFINITY;
}
