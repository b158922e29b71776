import { isTerminal, type Pod } from "../../cluster/objects.ts";
import { add, firstLacking, subtract } from "../../planner/resources.ts";
import { writeStatus } from "../core/conditions.ts";
import { budgetsOf, isDeleting } from "../core/refs.ts";
import { type Candidate, obstaclesOf, priorityOf, type Wish } from "./candidate.ts";
import { disruptionsAllowed, roomOf } from "./convert.ts";
import type { ControllerDeps } from "./deps.ts";
import { disruptPod } from "./pod-end.ts";

interface Choice {
  readonly candidate: Candidate;
  readonly victims: readonly Pod[];
  /** Less is better, from the first number that differs: as kube-scheduler picks a node. */
  readonly cost: readonly number[];
}

/**
 * Makes room for a pod that fits nowhere: deletes pods of less priority where that costs least, and names the node in the
 * pod's status. The room is kept from what comes after it. While its victims still end, nothing more is done for it.
 */
export function preempt(deps: ControllerDeps, candidates: readonly Candidate[], pod: Pod, wish: Wish): void {
  const named = candidates.find(({ name }) => name === pod.status?.nominatedNodeName);
  const isUnderWay = named?.pods.some((other) => isDeleting(other) && priorityOf(other) < priorityOf(pod));
  if (named !== undefined && isUnderWay) keep(named, wish);
  if (isUnderWay || pod.spec?.preemptionPolicy === "Never") return;
  const choices = candidates.flatMap((candidate) => choiceOf(deps, candidate, pod, wish) ?? []);
  const [best] = choices.sort((a, b) => compare(a.cost, b.cost));
  if (best === undefined) return;
  const node = best.candidate.name;
  writeStatus(deps.core, pod, { nominatedNodeName: node }, "kube-scheduler");
  for (const victim of best.victims) remove(deps, victim, pod, node);
  keep(best.candidate, wish);
}

function keep(candidate: Candidate, { requests }: Wish): void {
  candidate.free = subtract(candidate.free, requests);
}

/** The fewest pods of less priority whose end lets the pod in; undefined where their end would not. */
function choiceOf(deps: ControllerDeps, candidate: Candidate, pod: Pod, wish: Wish): Choice | undefined {
  const lower = candidate.pods.filter((other) => !isTerminal(other) && priorityOf(other) < priorityOf(pod));
  if (lower.length === 0) return undefined;
  let free = lower.map(roomOf).reduce(add, candidate.free);
  if (obstaclesOf({ ...candidate, free }, wish).length > 0) return undefined;
  const isHeld = (other: Pod) => budgetsOf(deps.core, other).some((budget) => disruptionsAllowed(budget) === 0);
  const byImportance = [...lower].sort(
    (a, b) => Number(isHeld(b)) - Number(isHeld(a)) || priorityOf(b) - priorityOf(a) || startMs(a) - startMs(b),
  );
  // Those that need not go stay: pods under a spent budget first, then the more important
  const victims = byImportance.filter((other) => {
    const left = subtract(free, roomOf(other));
    const mustGo = firstLacking(wish.requests, left) !== undefined;
    if (!mustGo) free = left;
    return mustGo;
  });
  const priorities = victims.map(priorityOf);
  const highest = Math.max(...priorities);
  const latest = Math.min(...victims.filter((other) => priorityOf(other) === highest).map(startMs));
  const total = priorities.reduce((sum, one) => sum + one, 0);
  return { candidate, victims, cost: [victims.filter(isHeld).length, highest, total, victims.length, -latest] };
}

function startMs({ metadata, status }: Pod): number {
  return Date.parse(status?.startTime ?? metadata.creationTimestamp ?? "");
}

function remove(deps: ControllerDeps, victim: Pod, pod: Pod, node: string): void {
  if (isDeleting(victim)) return;
  const { uid = "" } = pod.metadata;
  deps.events.scheduler.record(victim, "Normal", "Preempted", `Preempted by pod ${uid} on node ${node}`);
  const message = "default-scheduler: preempting to accommodate a higher priority pod";
  disruptPod(deps, victim, { reason: "PreemptionByScheduler", message, fieldManager: "kube-scheduler" });
}

function compare(a: readonly number[], b: readonly number[]): number {
  return a.map((one, index) => one - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
