import type { DisruptInput, Disruption, DisruptionNode, DisruptionPool } from "./disruption-types.ts";
import { labelKeys } from "./instance-labels.ts";
import { provision } from "./provision.ts";
import type { PlannedClaim } from "./types.ts";

/** The most nodes that are considered at once. */
const mostCandidates = 100;
/** The policy Balanced asks for this ratio of saving to disruption (1/k with Karpenter's fixed k of 2). */
const balancedThreshold = 0.5;

type BudgetLeft = (node: DisruptionNode, reason: "Underutilized") => number;

/** Several nodes at once if their pods fit on the rest and at most one cheaper node; else the first single one. */
export function consolidate(
  input: DisruptInput,
  candidates: readonly DisruptionNode[],
  budgetLeft: BudgetLeft,
): Disruption | undefined {
  const consolidatable = byCost(candidates.filter((node) => policyOf(input, node) !== "WhenEmpty"));
  const allowed = withinBudgets(consolidatable, budgetLeft);
  return several(input, allowed.slice(0, mostCandidates)) ?? single(input, allowed);
}

function policyOf({ pools }: DisruptInput, node: DisruptionNode): DisruptionPool["consolidationPolicy"] | undefined {
  return pools.find(({ name }) => name === node.pool)?.consolidationPolicy;
}

/** The dearest for what its disruption costs first. */
function byCost(nodes: readonly DisruptionNode[]): DisruptionNode[] {
  const worth = (node: DisruptionNode) => node.usdPerHour / (1 + disruptionCost(node));
  return [...nodes].sort((a, b) => worth(b) - worth(a) || (a.name < b.name ? -1 : 1));
}

function disruptionCost(node: DisruptionNode): number {
  return node.pods.reduce((sum, { evictionCost }) => sum + Math.max(0, evictionCost), 0);
}

function withinBudgets(nodes: readonly DisruptionNode[], budgetLeft: BudgetLeft): DisruptionNode[] {
  const left = new Map<string, number>();
  return nodes.filter((node) => {
    const allowed = left.get(node.pool) ?? budgetLeft(node, "Underutilized");
    left.set(node.pool, allowed - 1);
    return allowed > 0;
  });
}

/** The longest run of candidates that can go together, by binary search as Karpenter does it. */
function several(input: DisruptInput, candidates: readonly DisruptionNode[]): Disruption | undefined {
  let best: Disruption | undefined;
  let [low, high] = [2, candidates.length];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const disruption = attempt(input, candidates.slice(0, middle));
    if (disruption !== undefined) best = disruption;
    if (disruption !== undefined) low = middle + 1;
    else high = middle - 1;
  }
  return best;
}

function single(input: DisruptInput, candidates: readonly DisruptionNode[]): Disruption | undefined {
  for (const node of candidates) {
    const disruption = attempt(input, [node]);
    if (disruption !== undefined) return disruption;
  }
  return undefined;
}

/** What giving up these nodes would take, if it is possible and saves money. */
function attempt(input: DisruptInput, gone: readonly DisruptionNode[]): Disruption | undefined {
  const names = new Set(gone.map(({ name }) => name));
  const stay = input.nodes.filter((node) => !names.has(node.name) && !node.deleting && node.initialized);
  const pods = gone.flatMap((node) => node.pods);
  const price = gone.reduce((sum, node) => sum + node.usdPerHour, 0);
  const plan = provision({ ...input, nodes: stay, pods: [...pods, ...input.pendingPods] });
  const moved = new Set(pods.map((pod) => pod.name));
  if (plan.unschedulable.some(({ pod }) => moved.has(pod))) return undefined;
  // Claims for pods that wait count too: room that they would have taken is not free
  if (plan.claims.length > 1) return undefined;
  const [claim] = plan.claims;
  const replacement = claim && cheaper(input, claim, gone, price);
  if (claim !== undefined && replacement === undefined) return undefined;
  const usdPerHour = price - (replacement?.offering.usdPerHour ?? 0);
  if (!isBalanced(input, gone, usdPerHour)) return undefined;
  return { reason: "Underutilized", nodes: [...names], usdPerHour, ...(replacement && { replacement }) };
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
  if (capacityType === "spot" && gone.every((node) => node.capacityType === "spot")) return undefined;
  const affordable = new Set(
    offerings
      .filter((offering) => offering.capacityType === capacityType && offering.usdPerHour < price)
      .map(({ instanceType }) => instanceType.name),
  );
  const instanceTypes = claim.instanceTypes.filter(({ name }) => affordable.has(name));
  const requirements = [
    ...claim.requirements.filter(({ key }) => key !== labelKeys.instanceType && key !== labelKeys.capacityType),
    { key: labelKeys.instanceType, operator: "In" as const, values: instanceTypes.map(({ name }) => name) },
    { key: labelKeys.capacityType, operator: "In" as const, values: [capacityType] },
  ];
  return { ...claim, instanceTypes, requirements };
}

/** Under the policy Balanced the share of the cost saved must be worth half of the share of the disruption. */
function isBalanced(input: DisruptInput, gone: readonly DisruptionNode[], savedUsdPerHour: number): boolean {
  if (!gone.some((node) => policyOf(input, node) === "Balanced")) return true;
  const pools = new Set(gone.map(({ pool }) => pool));
  const own = input.nodes.filter(({ pool }) => pools.has(pool));
  const total = (nodes: readonly DisruptionNode[], value: (node: DisruptionNode) => number) =>
    nodes.reduce((sum, node) => sum + value(node), 0);
  const saved = savedUsdPerHour / total(own, ({ usdPerHour }) => usdPerHour);
  const disrupted = total(gone, (node) => 1 + disruptionCost(node)) / total(own, (node) => 1 + disruptionCost(node));
  return saved / disrupted >= balancedThreshold;
}
