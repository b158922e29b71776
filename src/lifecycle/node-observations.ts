import { conditionOf, type Node, type NodeClaim } from "../cluster/objects.ts";
import type { NodeObserved, NodeState } from "../timeline/entries.ts";
import { capacityTypeOf, factsOfNode, given } from "./node-facts.ts";
import type { NodeShare } from "./node-shares.ts";
import type { Timed } from "./observations.ts";
import type { NodeFacts, Target } from "./target.ts";

type NodePricing = Target["nodePrice"];

const claimConditions: readonly (readonly [string, NodeState])[] = [
  ["Launched", "launched"],
  ["Registered", "registered"],
  ["Initialized", "ready"],
];

/** Everything a NodeClaim tells about its node's life so far. What it costs is asked where the claim does not say. */
export function nodeObservations(claim: NodeClaim, priceOf: NodePricing): Timed<NodeObserved>[] {
  const base = nodeBase(claim, priceOf);
  const timed = (time: string | undefined, state: NodeState) =>
    time === undefined ? [] : [{ at: Date.parse(time), observation: { ...base, state } }];
  return [
    ...timed(claim.metadata.creationTimestamp, "requested"),
    ...claimConditions.flatMap(([type, state]) => {
      const condition = conditionOf(claim, type);
      return condition?.status === "True" ? timed(condition.lastTransitionTime, state) : [];
    }),
    ...timed(claim.metadata.deletionTimestamp, "disrupted"),
  ];
}

/** That a NodeClaim is gone, and its instance with it. */
export function nodeGone(claim: NodeClaim, at: number, priceOf: NodePricing): Timed<NodeObserved> {
  return { at, observation: { ...nodeBase(claim, priceOf), state: "gone" } };
}

/** A share of a node that is not the environment's, as if the node had been launched for it and let go after it. */
export function shareObservations(
  share: NodeShare,
  node: Node | undefined,
  priceOf: NodePricing,
): Timed<NodeObserved>[] {
  const base = sharedBase(share, node, priceOf);
  const { from, to } = share;
  const shared = "a node of the cluster: counted while pods of this run are on it";
  return [
    { at: from, observation: { ...base, state: "launched", reason: shared } },
    { at: from, observation: { ...base, state: "ready" } },
    ...(to === undefined ? [] : [{ at: to, observation: { ...base, state: "gone" as const } }]),
  ];
}

/** What a node of others is, as far as it can be read. */
export function sharedBase(
  { name, node: nodeName }: Pick<NodeShare, "name" | "node">,
  node: Node | undefined,
  priceOf: NodePricing,
): Omit<NodeObserved, "state"> {
  const facts = node === undefined ? {} : factsOfNode(node);
  return { type: "node", name, node: nodeName, ...facts, ...pricedBy(priceOf, facts) };
}

/** What a NodeClaim tells of its node, its price included. */
export function nodeBase(claim: NodeClaim, priceOf: NodePricing): Omit<NodeObserved, "state"> {
  const labels = claim.metadata.labels ?? {};
  const instanceType = labels["node.kubernetes.io/instance-type"];
  const facts = {
    ...given({
      node: claim.status?.nodeName,
      pool: labels["karpenter.sh/nodepool"],
      instanceType,
      zone: labels["topology.kubernetes.io/zone"],
      gpu: labels["karpenter.k8s.aws/instance-gpu-name"],
    }),
    ...(labels["karpenter.sh/capacity-type"] !== undefined && { capacityType: capacityTypeOf(labels) }),
    ...(instanceType !== undefined && { gpus: Number(labels["karpenter.k8s.aws/instance-gpu-count"] ?? 0) }),
  };
  return {
    type: "node",
    name: claim.metadata.name ?? "",
    ...facts,
    ...(priceOfClaim(claim) ?? pricedBy(priceOf, facts)),
  };
}

type Priced = Pick<NodeObserved, "usdPerHour" | "onDemandUsdPerHour" | "priceEstimated">;

function priceOfClaim({ metadata: { annotations = {} } }: NodeClaim): Priced | undefined {
  const price = annotations["aura.dev/usd-per-hour"];
  const onDemand = annotations["aura.dev/on-demand-usd-per-hour"];
  if (price === undefined) return undefined;
  return {
    usdPerHour: Number(price),
    ...(onDemand !== undefined && { onDemandUsdPerHour: Number(onDemand) }),
    ...(annotations["aura.dev/price-estimated"] === "true" && { priceEstimated: true }),
  };
}

/** What a node of this kind costs; nothing where nobody knows. */
export function pricedBy(priceOf: NodePricing, { instanceType, capacityType, zone }: Partial<NodeFacts>): Priced {
  if (instanceType === undefined || capacityType === undefined || zone === undefined) return {};
  const price = priceOf({ instanceType, capacityType, zone });
  if (price === undefined) return {};
  const { usdPerHour, onDemandUsdPerHour, estimated } = price;
  return { usdPerHour, onDemandUsdPerHour, ...(estimated && { priceEstimated: true }) };
}
