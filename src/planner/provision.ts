import { type Claim, emptyClaim, tryAdd } from "./claim.ts";
import { finishClaim } from "./finish-claim.ts";
import { availabilityOf, debit, type PoolView, poolView, withinLimits } from "./pool-view.ts";
import { reasonsFor } from "./reasons.ts";
import { firstMismatch } from "./requirements.ts";
import { firstLacking, type Resources, subtract } from "./resources.ts";
import { type Shape, shapes } from "./shape.ts";
import { untolerated } from "./taints.ts";
import type { Placement, PlanNode, PlanPod, Provision, ProvisionInput, Unschedulable } from "./types.ts";
import { universeOf } from "./universe.ts";

/**
 * Which nodes to launch for these pods, as Karpenter 1.14 decides it: the greediest pods first (CPU, then memory, then
 * the older); each on a node that exists or is in flight, else on the claim planned here that has fewest pods, else on a
 * new claim of the heaviest pool that takes it. What a claim can be stays a set of types until the end. A pod that fits
 * nowhere comes back with its reasons. Pure; the same input gives the same plan.
 */
export function provision(input: ProvisionInput): Provision {
  const universe = universeOf(input.offerings);
  const available = availabilityOf(universe, input.unavailable);
  const views = byWeight(input).map((pool) => poolView(pool, universe, available));
  const shapeOf = shapes();
  const nodes = freeNodes(input.nodes);
  const claims: Claim[] = [];
  const placements: Placement[] = [];
  const waiting: { pod: PlanPod; shape: Shape }[] = [];
  for (const pod of queueOrder(input.pods)) {
    const shape = shapeOf(pod);
    const node = nodes.take(shape);
    if (node !== undefined) placements.push({ pod: pod.name, node });
    else if (
      !addToClaim(claims, pod.name, shape) &&
      !addNewClaim(claims, views, pod.name, shape, input.daemonOverhead)
    ) {
      waiting.push({ pod, shape });
    }
  }
  const reasons = reasonsOnce(views, input.daemonOverhead);
  const unschedulable = waiting.map(({ pod, shape }): Unschedulable => ({ pod: pod.name, reasons: reasons(shape) }));
  return { placements, claims: claims.map(finishClaim), unschedulable };
}

/** Heaviest first, then by name. */
function byWeight({ pools }: ProvisionInput) {
  return [...pools].sort((a, b) => b.weight - a.weight || order(a.name, b.name));
}

/** CPU, then memory, both descending; then the older; then by uid. */
export function queueOrder(pods: readonly PlanPod[]): PlanPod[] {
  return [...pods].sort(
    (a, b) =>
      (b.requests["cpu"] ?? 0) - (a.requests["cpu"] ?? 0) ||
      (b.requests["memory"] ?? 0) - (a.requests["memory"] ?? 0) ||
      a.createdAtMs - b.createdAtMs ||
      order(a.uid, b.uid),
  );
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Nodes with what they have left, initialized ones first, then by name. */
function freeNodes(nodes: readonly PlanNode[]): { take(shape: Shape): string | undefined } {
  const sorted = [...nodes].sort((a, b) => Number(b.initialized) - Number(a.initialized) || order(a.name, b.name));
  const left: Resources[] = sorted.map(({ available }) => available);
  // Room only shrinks: a node that had none for a shape will have none for its next pod
  const starts = new Map<Shape, number>();
  return {
    take(shape) {
      for (let index = starts.get(shape) ?? 0; index < sorted.length; index += 1) {
        const [node, available] = [sorted[index], left[index]];
        if (node === undefined || available === undefined || !nodeFits(node, available, shape)) continue;
        left[index] = subtract(available, shape.requests);
        starts.set(shape, index);
        return node.name;
      }
      starts.set(shape, sorted.length);
      return undefined;
    },
  };
}

function nodeFits(node: PlanNode, available: Resources, shape: Shape): boolean {
  if (firstLacking(shape.requests, available) !== undefined) return false;
  if (untolerated(node.taints, shape.tolerations) !== undefined) return false;
  return shape.alternatives.some((wanted) => firstMismatch(wanted, node.labels) === undefined);
}

function addToClaim(claims: Claim[], pod: string, shape: Shape): boolean {
  claims.sort((a, b) => a.pods.length - b.pods.length);
  return claims.some((claim) => tryAdd(claim, pod, shape));
}

function addNewClaim(
  claims: Claim[],
  views: readonly PoolView[],
  pod: string,
  shape: Shape,
  daemonOverhead: Resources,
): boolean {
  for (const view of views) {
    const claim = emptyClaim(view, withinLimits(view), daemonOverhead);
    if (!tryAdd(claim, pod, shape)) continue;
    debit(view, claim.types);
    claims.push(claim);
    return true;
  }
  return false;
}

/** Pods of one shape wait for the same reasons. */
function reasonsOnce(views: readonly PoolView[], daemonOverhead: Resources): (shape: Shape) => readonly string[] {
  const known = new Map<Shape, readonly string[]>();
  return (shape) => {
    const reasons = known.get(shape) ?? reasonsFor(shape, views, daemonOverhead);
    known.set(shape, reasons);
    return reasons;
  };
}
