import type { Node, Pod } from "../../cluster/objects.ts";
import { firstMismatch, type Requirements, requirementsOf } from "../../planner/requirements.ts";
import { type Resources, subtract } from "../../planner/resources.ts";
import { untolerated } from "../../planner/taints.ts";
import type { Labels, Taint, Toleration } from "../../planner/types.ts";
import { holds } from "../core/conditions.ts";
import { nameOf } from "../core/refs.ts";
import { alternativesOf, requestsOn, resourcesOf, roomOf } from "./convert.ts";

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

export function candidateOf(node: Node, pods: readonly Pod[]): Candidate {
  const taints = (node.spec?.taints ?? []) as readonly Taint[];
  const notReady = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" };
  const allocatable = resourcesOf(node.status?.allocatable as Readonly<Record<string, string>> | undefined);
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

export function wishOf(pod: Pod): Wish {
  return {
    requests: roomOf(pod),
    alternatives: alternativesOf(pod).map(requirementsOf),
    tolerations: (pod.spec?.tolerations ?? []) as readonly Toleration[],
  };
}

export function priorityOf({ spec }: Pod): number {
  return spec?.priority ?? 0;
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

/** Takes the room on the best node, or says of all of them why not. */
export function place(candidates: readonly Candidate[], wish: Wish): { node: string } | { message: string } {
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
