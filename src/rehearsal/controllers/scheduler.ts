import { conditionOf, isTerminal, keyOf, type Pod } from "../../cluster/objects.ts";
import { writeConditions } from "../core/conditions.ts";
import { isDeleting, list, nameOf, refOf } from "../core/refs.ts";
import { candidateOf, place, priorityOf, wishOf } from "./candidate.ts";
import { startQueue, watching } from "./controller.ts";
import { alternativesOf, requestsOf } from "./convert.ts";
import { type Delays, growingDelays } from "./delays.ts";
import type { ControllerDeps } from "./deps.ts";
import { preempt } from "./preemption.ts";
import type { Requeue } from "./queue.ts";

const fieldManager = "kube-scheduler";
const cycleKey = "cycle";
/** kube-scheduler's back-off between two attempts at a pod: podInitialBackoffSeconds and podMaxBackoffSeconds. */
const quietPeriod = { firstMs: 1000, longestMs: 10_000 };

/**
 * The default scheduler: binds each pod that waits to a node it fits, else says why there is none. Among several it
 * takes the least allocated one, as the scheduler that EKS runs does, so that a rehearsal spreads pods as EKS would.
 * Pods of less priority make room for one that fits nowhere. Not rehearsed: pod affinity, topology spread, volumes.
 */
export function startScheduler(deps: ControllerDeps): () => void {
  const quiet = growingDelays(deps.clock, quietPeriod);
  return startQueue(deps, {
    name: "scheduler",
    reconcile: () => cycle(deps, quiet),
    watches: [
      watching("Pod", (pod, type) => {
        if (type === "DELETED" || pod.spec?.nodeName) quiet.forget(pod.metadata.uid ?? "");
        return type === "DELETED" || isTerminal(pod) || isWaiting(pod) ? cycleKey : undefined;
      }),
      watching("Node", () => cycleKey),
    ],
  });
}

/** Whether a pod is the default scheduler's to place. */
export function isWaiting(pod: Pod): boolean {
  const { nodeName, schedulerName = "default-scheduler", schedulingGates = [] } = pod.spec ?? {};
  const isOurs = schedulerName === "default-scheduler" && schedulingGates.length === 0;
  return !nodeName && isOurs && !isDeleting(pod) && pod.status?.phase === "Pending";
}

/** Places every waiting pod, by priority and age. Comes again for those that could not be told their reason yet. */
function cycle(deps: ControllerDeps, quiet: Delays): Requeue | undefined {
  const waiting = inQueueOrder(deps.pods.pending().filter(isWaiting));
  if (waiting.length === 0) return undefined;
  let afterMs = Number.POSITIVE_INFINITY;
  const candidates = list(deps.core, "Node").map((node) => candidateOf(node, deps.pods.onNode(nameOf(node))));
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
    afterMs = Math.min(afterMs, refuse(deps, quiet, pod, outcome.message));
  }
  return { afterMs, background: true };
}

// Objects of the core never change: what was read from one once holds for good
const shapes = new WeakMap<Pod, string>();

/** What decides where a pod fits: equal for pods that fit the same nodes. */
function shapeOf(pod: Pod): string {
  const shape = shapes.get(pod) ?? JSON.stringify([requestsOf(pod), alternativesOf(pod), pod.spec?.tolerations]);
  shapes.set(pod, shape);
  return shape;
}

/** Creation times are equally long, so they order as texts. */
function inQueueOrder(pods: readonly Pod[]): Pod[] {
  const ageOf = ({ metadata }: Pod) => `${metadata.creationTimestamp} ${metadata.uid}`;
  return pods
    .map((pod) => ({ pod, priority: priorityOf(pod), age: ageOf(pod) }))
    .sort((a, b) => b.priority - a.priority || (a.age < b.age ? -1 : 1))
    .map(({ pod }) => pod);
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
function refuse(deps: ControllerDeps, quiet: Delays, pod: Pod, message: string): number {
  const old = conditionOf(pod, "PodScheduled");
  if (old?.status === "False" && old.message === message) return Number.POSITIVE_INFINITY;
  const uid = pod.metadata.uid ?? "";
  const leftMs = quiet.leftMs(uid);
  if (leftMs > 0) return leftMs;
  quiet.grow(uid);
  const condition = { type: "PodScheduled", status: "False", reason: "Unschedulable", message } as const;
  writeConditions(deps, pod, [condition], { fieldManager });
  deps.events.scheduler.record(pod, "Warning", "FailedScheduling", message);
  return Number.POSITIVE_INFINITY;
}
