import type { DisruptInput, Disruption, DisruptionNode } from "../disruption-types.ts";
import { labelKeys } from "../instance-labels.ts";
import { provision } from "../provision.ts";
import type { PlannedClaim, Provision } from "../types.ts";
import { isWorthIt, savingsScore } from "./savings.ts";

/** What giving up these nodes to save money would take, if it is possible and worth it. */
export function attempt(input: DisruptInput, gone: readonly DisruptionNode[]): Disruption | undefined {
  const price = gone.reduce((sum, node) => sum + node.usdPerHour, 0);
  const plan = without(input, gone);
  // Claims for pods that wait count too: room that they would have taken is not free
  if (plan === undefined || plan.claims.length > 1) return undefined;
  const [claim] = plan.claims;
  const replacement = claim && cheaper(input, claim, gone, price);
  if (claim !== undefined && replacement === undefined) return undefined;
  const usdPerHour = price - (replacement?.offering.usdPerHour ?? 0);
  const score = savingsScore(input, gone, usdPerHour);
  if (!isWorthIt(input, gone, score)) return undefined;
  const nodes = gone.map(({ name }) => name);
  return { reason: "Underutilized", nodes, usdPerHour, savingsScore: score, ...(replacement && { replacement }) };
}

/** The plan for the pods of these nodes and those that wait, without these nodes; undefined when one finds no place. */
export function without(input: DisruptInput, gone: readonly DisruptionNode[]): Provision | undefined {
  const names = new Set(gone.map(({ name }) => name));
  const stay = input.nodes.filter((node) => !names.has(node.name) && !node.deleting && node.initialized);
  const pods = gone.flatMap((node) => node.pods);
  const plan = provision({ ...input, nodes: stay, pods: [...pods, ...input.pendingPods] });
  const moved = new Set(pods.map((pod) => pod.name));
  return plan.unschedulable.some(({ pod }) => moved.has(pod)) ? undefined : plan;
}

/**
 * The claim with those of its types that cost less than what goes. What was found cheaper as spot must not be launched
 * on demand; spot is not replaced by spot (Karpenter's gate for it is off).
 */
function cheaper(
  { offerings }: DisruptInput,
  claim: PlannedClaim,
  gone: readonly DisruptionNode[],
  price: number,
): PlannedClaim | undefined {
  const { capacityType } = claim.offering;
  if (claim.offering.usdPerHour >= price) return undefined;
  const most = ceiling(claim, gone, price);
  if (capacityType === "spot" && gone.every((node) => node.capacityType === "spot")) return undefined;
  const affordable = new Set(
    offerings
      .filter((offering) => offering.capacityType === capacityType && offering.usdPerHour < most)
      .map(({ instanceType }) => instanceType.name),
  );
  const instanceTypes = claim.instanceTypes.filter(({ name }) => affordable.has(name));
  const [first] = instanceTypes;
  if (first === undefined) return undefined;
  const requirements = [
    ...claim.requirements.filter(({ key }) => key !== labelKeys.instanceType && key !== labelKeys.capacityType),
    { key: labelKeys.instanceType, operator: "In" as const, values: instanceTypes.map(({ name }) => name) },
    { key: labelKeys.capacityType, operator: "In" as const, values: [capacityType] },
  ];
  return { ...claim, instanceTypes, requirements };
}

/**
 * What a type must cost less than. When one of the types that go is among those that would come, it is no gain to have
 * fewer of it: only what is cheaper than that type is (Karpenter's multinodeconsolidation.go, filterOutSameInstanceType).
 */
function ceiling(claim: PlannedClaim, gone: readonly DisruptionNode[], price: number): number {
  if (gone.length < 2) return price;
  const coming = new Set(claim.instanceTypes.map(({ name }) => name));
  const same = gone.filter(({ labels }) => coming.has(labels[labelKeys.instanceType] ?? ""));
  return same.reduce((least, node) => Math.min(least, node.usdPerHour), price);
}
