import { durationText } from "../../kernel/quantity.ts";
import type { Environment, Pool } from "../../spec/environment.ts";
import type { NodePool } from "./karpenter.ts";
import { gpuTaint, ownLabels } from "./labels.ts";
import { nodeClassName } from "./node-classes.ts";

/** One NodePool for each pool, in the environment's order. */
export function nodePools(environment: Environment): NodePool[] {
  return environment.pools.map((pool, index) => ({
    apiVersion: "karpenter.sh/v1",
    kind: "NodePool",
    metadata: { name: pool.name, labels: ownLabels(environment) },
    spec: {
      // where a pod fits in several pools, the first of aura.yaml is tried first
      weight: 100 - index,
      limits: limitsOf(pool),
      disruption: {
        // jobs are not moved to save money: their work so far would be lost
        consolidationPolicy: "WhenEmpty",
        consolidateAfter: durationText(pool.holdMs),
        // the default of 10 % would keep empty nodes waiting for one another
        budgets: [{ nodes: "100%" }],
      },
      template: templateOf(environment, pool),
    },
  }));
}

function templateOf(environment: Environment, pool: Pool): NodePool["spec"]["template"] {
  return {
    metadata: { labels: { "aura.dev/environment": environment.name } },
    spec: {
      nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: nodeClassName(pool) },
      requirements: [
        oneOf("karpenter.k8s.aws/instance-family", pool.families),
        oneOf("karpenter.sh/capacity-type", pool.capacityTypes),
        oneOf("kubernetes.io/arch", pool.architectures),
        oneOf("kubernetes.io/os", ["linux"]),
        oneOf("topology.kubernetes.io/zone", environment.zones),
      ],
      ...(pool.gpu && { taints: [{ ...gpuTaint }] }),
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
