import { disrupt } from "../../src/planner/disrupt.ts";
import type { BoundPod, DisruptInput, DisruptionNode, DisruptionPool } from "../../src/planner/disruption-types.ts";
import { cpuPool, market, pod } from "./catalog.ts";

const gib = 2 ** 30;
export const now = Date.UTC(2026, 0, 5, 12, 0);

export function pool(more: Partial<DisruptionPool> = {}): DisruptionPool {
  return {
    ...cpuPool(),
    consolidationPolicy: "WhenEmptyOrUnderutilized",
    consolidateAfterMs: 30_000,
    budgets: [{ nodes: "100%" }],
    ...more,
  };
}

export function bound(name: string, cpu: number, more: Partial<BoundPod> = {}): BoundPod {
  return { ...pod(name, { cpu, memory: gib }), evictionCost: 1, protectedUntilMs: 0, ...more };
}

/** An m7i.xlarge on demand, four CPUs, that has been quiet for an hour. */
export function node(name: string, pods: readonly BoundPod[] = [], more: Partial<DisruptionNode> = {}): DisruptionNode {
  const used = pods.reduce((sum, { requests }) => sum + (requests["cpu"] ?? 0), 0);
  return {
    name,
    labels: { "kubernetes.io/arch": "amd64" },
    taints: [],
    available: { cpu: 4000 - used, memory: (16 - pods.length) * gib, pods: 20 - pods.length },
    initialized: true,
    pool: "cpu",
    pods,
    usdPerHour: 0.2,
    capacityType: "on-demand",
    createdAtMs: now - 7_200_000,
    lastPodEventMs: now - 3_600_000,
    deleting: false,
    doNotDisrupt: false,
    nominatedUntilMs: 0,
    ...more,
  };
}

export function plan(nodes: readonly DisruptionNode[], more: Partial<DisruptInput> = {}) {
  return disrupt({
    nodes,
    pools: [pool()],
    offerings: market,
    unavailable: () => false,
    daemonOverhead: {},
    pendingPods: [],
    nowMs: now,
    ...more,
  });
}
