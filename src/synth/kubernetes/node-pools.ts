import type { ITaint } from "kubernetes-models/v1/Taint";

import { durationText } from "../../kernel/quantity.ts";
import type { Environment, Pool } from "../../spec/environment.ts";
import type { NodePool } from "./karpenter.ts";
import { environmentLabel, environmentTaint, gpuTaint, ownLabels } from "./labels.ts";
import { nodeClassName } from "./node-classes.ts";

/** One NodePool for each pool, in the environment's order. */
export function nodePools(environment: Environment): NodePool[] {
  return environment.pools.map((pool, index) =>
    nodePool(environment, pool, {
      name: pool.name,
      weight: weightOf(index),
      nodeClass: nodeClassName(pool),
      labels: {},
      taints: [],
    }),
  );
}

/**
 * The pools in a cluster where others work too: named `ENVIRONMENT-POOL`, on an EC2NodeClass of that cluster, and
 * tainted, so that nobody else's pods land on nodes that the environment pays for. Jobs need `environmentToleration`.
 * `labels` are put on the pools and on their nodes, beside the environment's own.
 */
export function sharedPools(
  environment: Environment,
  nodeClass: string,
  labels: Readonly<Record<string, string>>,
): NodePool[] {
  return environment.pools.map((pool, index) =>
    nodePool(environment, pool, {
      name: `${environment.name}-${pool.name}`,
      weight: weightOf(index),
      nodeClass,
      labels,
      taints: [environmentTaint(environment)],
    }),
  );
}

interface Placement {
  readonly name: string;
  readonly weight: number;
  readonly nodeClass: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Beside that of GPU nodes. */
  readonly taints: readonly ITaint[];
}

/** Where a pod fits in several pools, the first of aura.yaml is tried first. */
function weightOf(index: number): number {
  return 100 - index;
}

function nodePool(environment: Environment, pool: Pool, placement: Placement): NodePool {
  return {
    apiVersion: "karpenter.sh/v1",
    kind: "NodePool",
    metadata: { name: placement.name, labels: { ...ownLabels(environment), ...placement.labels } },
    spec: {
      weight: placement.weight,
      limits: limitsOf(pool),
      disruption: {
        // jobs are not moved to save money: their work so far would be lost
        consolidationPolicy: "WhenEmpty",
        consolidateAfter: durationText(pool.holdMs),
        // the default of 10 % would keep empty nodes waiting for one another; and with a terminationGracePeriod Karpenter
        // takes nodes that have drifted from their jobs, do-not-disrupt or not: what is new is for new nodes
        budgets: [{ nodes: "100%" }, { nodes: "0", reasons: ["Drifted"] }],
      },
      template: templateOf(environment, pool, placement),
    },
  };
}

/**
 * No minValues: they keep a launch from narrowing to few types, but nothing here is consolidated into cheaper nodes, and
 * where a zone offers fewer families than asked for they would refuse the pod altogether. Spot is preferred where both
 * capacity types are allowed, by Karpenter's own order.
 */
function templateOf(environment: Environment, pool: Pool, placement: Placement): NodePool["spec"]["template"] {
  const taints = [...(pool.gpu ? [{ ...gpuTaint }] : []), ...placement.taints];
  return {
    metadata: { labels: { [environmentLabel]: environment.name, ...placement.labels } },
    spec: {
      nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: placement.nodeClass },
      requirements: [
        oneOf("karpenter.k8s.aws/instance-family", pool.families),
        oneOf("karpenter.sh/capacity-type", pool.capacityTypes),
        oneOf("kubernetes.io/arch", pool.architectures),
        oneOf("kubernetes.io/os", ["linux"]),
        oneOf("topology.kubernetes.io/zone", environment.zones),
      ],
      ...(taints.length > 0 && { taints }),
      expireAfter: durationText(pool.expireAfterMs),
      // without it a pod that ignores its eviction would keep the node, and with it the teardown, waiting for ever
      terminationGracePeriod: "5m",
    },
  };
}

function oneOf(key: string, values: readonly string[]): { key: string; operator: "In"; values: string[] } {
  return { key, operator: "In", values: [...values] };
}

function limitsOf({ limits }: Pool): Record<string, string> {
  const { cpu, memoryMib, gpus } = limits;
  return {
    ...(cpu !== undefined && { cpu: Number.isInteger(cpu) ? String(cpu) : `${Math.round(cpu * 1000)}m` }),
    ...(memoryMib !== undefined && { memory: memoryMib % 1024 === 0 ? `${memoryMib / 1024}Gi` : `${memoryMib}Mi` }),
    ...(gpus !== undefined && { "nvidia.com/gpu": String(gpus) }),
  };
}
