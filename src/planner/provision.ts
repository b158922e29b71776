import type { Bin } from "./bin.ts";
import { checkInput } from "./check-input.ts";
import { finishClaim } from "./finish-claim.ts";
import { mayMix, mixed } from "./mixed.ts";
import type { PodClass } from "./pod-class.ts";
import { reasonsFor } from "./reasons.ts";
import { gpuResource } from "./resources.ts";
import { order, Solver } from "./solver.ts";
import type { PlannedClaim, PlanPod, Provision, ProvisionInput, Unschedulable } from "./types.ts";

/**
 * Which nodes to launch for these pods, as Karpenter 1.14 decides it: the greediest pods first (CPU, then memory, then
 * the older); each on a node that exists or is in flight, else on the claim planned here that has fewest pods, else on a
 * new claim of the heaviest pool that takes it. What a claim can be stays a set of types until the end. A pod that fits
 * nowhere comes back with its reasons. In mode `aura` other plans are made too, and the cheapest is taken. Pure; the same
 * input gives the same plan. Throws a Failure SPEC_INVALID for input that makes no sense.
 */
export function provision(input: ProvisionInput): Provision {
  checkInput(input);
  return input.mode === "aura" ? improve(input, predict(input)) : predict(input);
}

function predict(input: ProvisionInput): Provision {
  const solver = new Solver(input);
  const waiting = placeAll(solver, queueOrder(input.pods));
  return planOf(solver, waiting, input);
}

/** The best of the plans that `aura` tries and Karpenter's own: never dearer than that, and never with more nodes. */
function improve(input: ProvisionInput, predicted: Provision): Provision {
  return others(input).reduce((best, attempt) => {
    const solver = new Solver(input);
    const plan = planOf(solver, attempt(solver), input);
    return isBetter(plan, best, input.mayAddNodes ? Number.POSITIVE_INFINITY : predicted.claims.length) ? plan : best;
  }, predicted);
}

/** Ways to place all pods; each returns those that it could not place. */
function others({ pods }: ProvisionInput): readonly ((solver: Solver) => PlanPod[])[] {
  const hasGpus = pods.some((pod) => gpusOf(pod) > 0);
  const inGpuOrder = hasGpus ? [...queueOrder(pods)].sort((a, b) => gpusOf(b) - gpusOf(a)) : queueOrder(pods);
  return [
    ...(hasGpus ? [(solver: Solver) => placeAll(solver, inGpuOrder)] : []),
    ...(mayMix(pods) ? [(solver: Solver) => placeAll(solver, mixed(solver, inGpuOrder))] : []),
  ];
}

function gpusOf({ requests }: PlanPod): number {
  return requests[gpuResource] ?? 0;
}

function isBetter(plan: Provision, than: Provision, mostNodes: number): boolean {
  if (plan.unschedulable.length !== than.unschedulable.length)
    return plan.unschedulable.length < than.unschedulable.length && plan.claims.length <= mostNodes;
  if (plan.claims.length > mostNodes) return false;
  const difference = usdPerHourOf(plan) - usdPerHourOf(than);
  if (Math.abs(difference) > 1e-9) return difference < 0;
  return plan.claims.length < than.claims.length;
}

function usdPerHourOf({ claims }: Provision): number {
  return claims.reduce((sum, { offering }) => sum + offering.usdPerHour, 0);
}

/** Places pods in order, and those that fitted nowhere again as long as that helps any; the rest comes back. */
export function placeAll(solver: Solver, pods: readonly PlanPod[]): PlanPod[] {
  let queue: readonly PlanPod[] = pods;
  for (;;) {
    const waiting = queue.filter((pod) => solver.place(pod) === undefined);
    if (waiting.length === 0 || waiting.length === queue.length) return waiting;
    if (!waiting.some((pod) => solver.variantOf(pod).mayRecover)) return waiting;
    queue = waiting;
  }
}

/** What a round came to. */
export function planOf(solver: Solver, waiting: readonly PlanPod[], input: ProvisionInput): Provision {
  const { bins } = solver.list;
  const reasons = reasonsOnce(solver, input);
  return {
    placements: bins.flatMap(({ node, pods }) => (node ? pods.map((pod) => ({ pod: pod.name, node: node.name })) : [])),
    claims: bins.flatMap((bin) => claimOf(bin, solver)),
    unschedulable: waiting.map((pod): Unschedulable => ({ pod: pod.name, reasons: reasons(pod) })),
  };
}

function claimOf(bin: Bin, { columns, slots }: Solver): PlannedClaim[] {
  return bin.view === undefined ? [] : [finishClaim(bin, bin.view, columns, slots)];
}

/** CPU, then memory, both descending; then the older; then by uid (Karpenter's queue.go). */
export function queueOrder(pods: readonly PlanPod[]): PlanPod[] {
  return [...pods].sort(
    (a, b) =>
      (b.requests["cpu"] ?? 0) - (a.requests["cpu"] ?? 0) ||
      (b.requests["memory"] ?? 0) - (a.requests["memory"] ?? 0) ||
      a.createdAtMs - b.createdAtMs ||
      order(a.uid, b.uid),
  );
}

/** Pods of one class wait for the same reasons. */
function reasonsOnce(solver: Solver, { daemonOverhead }: ProvisionInput): (pod: PlanPod) => readonly string[] {
  const known = new Map<PodClass, readonly string[]>();
  return (pod) => {
    const { podClass } = solver.variantOf(pod);
    const reasons = known.get(podClass) ?? [
      ...solver.obstacles(pod),
      ...reasonsFor(podClass, solver.views, daemonOverhead),
    ];
    known.set(podClass, reasons);
    return reasons;
  };
}
