import {
  type EC2NodeClass,
  isTerminal,
  keyOf,
  type Node,
  type NodeClaim,
  type NodePool,
  type Pod,
  type PodDisruptionBudget,
} from "../../cluster/objects.ts";
import { durationOf, parseDuration, parseQuantity, quantityOf } from "../../kernel/quantity.ts";
import type { BoundPod, DisruptionPool } from "../../planner/disruption-types.ts";
import { evictionCost } from "../../planner/eviction-cost.ts";
import type { NodeStorage } from "../../planner/node-storage.ts";
import { add, largest, type Resources, subtract } from "../../planner/resources.ts";
import type { PlanNode, PlanPod, PlanPool, Requirement, Taint, Toleration } from "../../planner/types.ts";
import { nameOf } from "../core/refs.ts";
import { constraintsOf } from "./pod-constraints.ts";

// From Kubernetes' objects to the planner's plain data.

// Objects of the core never change: what was read from one once holds for good
const known = new WeakMap<object, Resources>();

/** Amounts of a resource list in the planner's units: millicores, bytes, counts. */
export function resourcesOf(list: Amounts = none): Resources {
  const read = () => Object.fromEntries(Object.entries(list).map(([name, amount]) => [name, amountOf(name, amount)]));
  return once(list, read);
}

type Amounts = Readonly<Record<string, string | number>> | undefined;

const none = {};

function once(object: object, read: () => Resources): Resources {
  const resources = known.get(object) ?? read();
  known.set(object, resources);
  return resources;
}

function amountOf(name: string, text: string | number): number {
  // Amounts must be whole: 0.1 + 0.2 cores are 300 millicores
  return Math.ceil(Number((parseQuantity(text) * (name === "cpu" ? 1000 : 1)).toFixed(3)));
}

/** The planner's amounts as a resource list. */
export function toResourceList(resources: Resources): Record<string, string> {
  return Object.fromEntries(Object.entries(resources).map(([name, amount]) => [name, quantityText(name, amount)]));
}

function quantityText(name: string, amount: number): string {
  if (name === "cpu") return amount % 1000 === 0 ? String(amount / 1000) : `${amount}m`;
  if (name !== "memory" && name !== "ephemeral-storage") return String(amount);
  return amount % 2 ** 10 === 0 ? `${amount / 2 ** 10}Ki` : String(amount);
}

/** What a pod requests: its containers and sidecars together, or its greediest init container, and its overhead. */
export function requestsOf(pod: Pod): Resources {
  return once(pod, () => {
    const { containers = [], initContainers = [], overhead } = pod.spec ?? {};
    let sidecars: Resources = {};
    let greediest: Resources = {};
    for (const container of initContainers) {
      // one that comes later runs beside the sidecars before it
      const together = add(sidecars, requestsOfContainer(container));
      if (container.restartPolicy === "Always") sidecars = together;
      greediest = largest(greediest, together);
    }
    const together = containers.map(requestsOfContainer).reduce(add, sidecars);
    return add(largest(greediest, together), resourcesOf(overhead as Amounts));
  });
}

/** A limit stands in for a request that is not there. */
function requestsOfContainer({ resources }: { readonly resources?: unknown }): Resources {
  const { requests, limits } = (resources ?? {}) as { requests?: Amounts; limits?: Amounts };
  return resourcesOf({ ...limits, ...requests });
}

/** Where a pod may go: each term of its required node affinity with its node selector. */
export function alternativesOf(pod: Pod): readonly (readonly Requirement[])[] {
  const { nodeSelector = {}, affinity } = pod.spec ?? {};
  const selector = Object.entries(nodeSelector).map(
    ([key, value]) => ({ key, operator: "In", values: [value] }) as const,
  );
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined) return [selector];
  return required.nodeSelectorTerms.map(({ matchExpressions = [], matchFields = [] }) => [
    ...selector,
    ...([...matchExpressions, ...matchFields] as Requirement[]),
  ]);
}

export function planPod(pod: Pod): PlanPod {
  return {
    name: keyOf(pod),
    uid: pod.metadata.uid ?? "",
    createdAtMs: Date.parse(pod.metadata.creationTimestamp ?? ""),
    requests: requestsOf(pod),
    alternatives: alternativesOf(pod),
    tolerations: (pod.spec?.tolerations ?? []) as readonly Toleration[],
    ...constraintsOf(pod),
  };
}

const doNotDisrupt = "karpenter.sh/do-not-disrupt";
const deletionCost = "controller.kubernetes.io/pod-deletion-cost";

/** A pod on its node, and the disruption budgets that select it. */
export function boundPod(pod: Pod, budgets: readonly PodDisruptionBudget[]): BoundPod {
  return {
    ...planPod(pod),
    evictionCost: evictionCostOf(pod),
    protectedUntilMs: protectedUntilMs(pod),
    podBudgets: budgets.map((budget) => ({ name: nameOf(budget), disruptionsAllowed: disruptionsAllowed(budget) })),
  };
}

/** How many pods a disruption budget lets go now. */
export function disruptionsAllowed({ status }: PodDisruptionBudget): number {
  return status?.disruptionsAllowed ?? 0;
}

/** What it costs to evict a pod: see `evictionCost`. */
export function evictionCostOf(pod: Pod): number {
  const cost = Number(pod.metadata.annotations?.[deletionCost] ?? 0);
  return evictionCost(Number.isFinite(cost) ? cost : 0, pod.spec?.priority ?? 0);
}

/** Until when the annotation keeps a pod from being evicted: for ever when true, or that long after it started. */
export function protectedUntilMs(pod: Pod): number {
  const value = pod.metadata.annotations?.[doNotDisrupt];
  if (value === undefined) return 0;
  if (value === "true") return Number.POSITIVE_INFINITY;
  const durationMs = durationOf(value);
  const start = Date.parse(pod.status?.startTime ?? pod.metadata.creationTimestamp ?? "");
  return durationMs === undefined ? 0 : start + durationMs;
}

export function isProtectedNode({ metadata }: Node | NodeClaim): boolean {
  return metadata.annotations?.[doNotDisrupt] === "true";
}

/** What a pod takes of a node: its requests, and one place. */
export function roomOf(pod: Pod): Resources {
  return add(requestsOf(pod), { pods: 1 });
}

/** Pods that take room on a node: those that have not ended. */
export function requestsOn(pods: readonly Pod[]): Resources {
  return pods
    .filter((pod) => !isTerminal(pod))
    .map(roomOf)
    .reduce(add, {});
}

/** Taints that pass by themselves while a node starts. */
const passing = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable", "karpenter.sh/unregistered"];

/** A NodeClaim that has been launched, as a node that pods may be put on: with what its instance will have. */
export function planNode(
  claim: NodeClaim,
  node: Node | undefined,
  pods: readonly Pod[],
  initialized: boolean,
): PlanNode {
  const startup = claim.spec.startupTaints ?? [];
  const taints = ((node?.spec?.taints ?? claim.spec.taints ?? []) as readonly Taint[]).filter(
    ({ key }) => initialized || !(passing.includes(key) || startup.some((one) => one.key === key)),
  );
  const name = node?.metadata.name ?? claim.metadata.name ?? "";
  const allocatable = initialized ? (node?.status?.allocatable as Amounts) : claim.status?.allocatable;
  return {
    name,
    labels: { ...claim.metadata.labels, ...node?.metadata.labels, "metadata.name": name },
    taints,
    available: subtract(resourcesOf(allocatable), requestsOn(pods)),
    initialized,
    pods: pods.filter((pod) => !isTerminal(pod)).map((pod) => ({ name: keyOf(pod), ...constraintsOf(pod) })),
  };
}

/** `used` is the capacity of the pool's claims, `storage` what its EC2NodeClass says about disks. */
export function planPool(pool: NodePool, used: Resources, storage: NodeStorage): PlanPool {
  const { template, limits, weight = 0 } = pool.spec;
  return {
    name: pool.metadata.name ?? "",
    weight,
    labels: template.metadata?.labels ?? {},
    requirements: template.spec.requirements,
    taints: (template.spec.taints ?? []) as readonly Taint[],
    limits: resourcesOf(limits),
    used,
    storage,
  };
}

export function disruptionPool(pool: NodePool, used: Resources, storage: NodeStorage): DisruptionPool {
  const { consolidationPolicy = "WhenEmptyOrUnderutilized", budgets } = pool.spec.disruption ?? {};
  return {
    ...planPool(pool, used, storage),
    consolidationPolicy,
    consolidateAfterMs: consolidateAfterMs(pool),
    budgets: (budgets ?? [{ nodes: "10%" }]).map(({ duration, ...budget }) => ({
      ...budget,
      ...(duration !== undefined && { durationMs: parseDuration(duration) }),
    })),
  };
}

/** Infinite for `Never`; 0 where the pool says nothing, as Karpenter defaults it. */
export function consolidateAfterMs(pool: NodePool): number {
  return durationOrNever(pool.spec.disruption?.consolidateAfter ?? "0s");
}

/** A duration that may be `Never`. */
export function durationOrNever(text: string): number {
  return text === "Never" ? Number.POSITIVE_INFINITY : parseDuration(text);
}

type Disks = Pick<EC2NodeClass["spec"], "blockDeviceMappings" | "instanceStorePolicy">;

/** What an EC2NodeClass says about disks. Its root volume is the one marked so, else the first. */
export function nodeStorage({ blockDeviceMappings: volumes, instanceStorePolicy }: Disks = {}): NodeStorage {
  const root = volumes?.find((volume) => volume["rootVolume"] === true) ?? volumes?.[0];
  const size = (root?.["ebs"] as { volumeSize?: string | number } | undefined)?.volumeSize;
  return { instanceStorePolicy, ...(size !== undefined && { rootVolumeBytes: quantityOf(size) }) };
}
