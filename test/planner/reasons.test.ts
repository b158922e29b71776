import { expect, it } from "vitest";

import { provision } from "../../src/planner/provision.ts";
import { reasonsText } from "../../src/planner/reasons.ts";
import type { ProvisionInput } from "../../src/planner/types.ts";
import { cpuPool, gpuPod, gpuPool, input, pod } from "./catalog.ts";

const gib = 2 ** 30;
const cpu = [cpuPool()];
const gpu = [gpuPool()];
const selects = (key: string, ...values: string[]) => ({ alternatives: [[{ key, operator: "In" as const, values }]] });

it.each<[string, Partial<ProvisionInput>, string]>([
  ["no pool at all", { pools: [], pods: [pod("a")] }, "there is no node pool"],
  [
    "a GPU that no type has so many of",
    { pods: [gpuPod("a", 16)] },
    "pool cpu: needs nvidia.com/gpu, has none; pool gpu: 3 types with too few GPUs (wants 16, the most is 8)",
  ],
  ["a taint", { pools: gpu, pods: [pod("a")] }, "pool gpu: untolerated taint nvidia.com/gpu=true:NoSchedule"],
  [
    "CPU",
    { pools: cpu, pods: [pod("a", { cpu: 200_500 })] },
    "pool cpu: 4 types with too little CPU (wants 200500m, the most is 96)",
  ],
  [
    "memory",
    { pools: cpu, pods: [pod("a", { memory: 500 * gib })] },
    "pool cpu: 4 types with too little memory (wants 500Gi, the most is 384Gi)",
  ],
  [
    "disk",
    { pools: cpu, pods: [pod("a", { "ephemeral-storage": 30 * gib })] },
    "pool cpu: 4 types with too little ephemeral-storage (wants 30Gi, the most is 17Gi)",
  ],
  [
    "an unknown resource",
    { pools: cpu, pods: [pod("a", { "example.com/tpu": 1 })] },
    "pool cpu: needs example.com/tpu, has none",
  ],
  [
    "a zone",
    {
      pools: [
        cpuPool({
          requirements: [
            ...cpuPool().requirements,
            { key: "topology.kubernetes.io/zone", operator: "In", values: ["us-east-1a"] },
          ],
        }),
      ],
      pods: [pod("a", undefined, selects("topology.kubernetes.io/zone", "us-east-1b"))],
    },
    "pool cpu: wants topology.kubernetes.io/zone in us-east-1b, has in us-east-1a",
  ],
  [
    "a zone where nothing is sold",
    { pools: cpu, pods: [pod("a", undefined, selects("topology.kubernetes.io/zone", "us-east-1f"))] },
    "pool cpu: 4 types not offered in the zones and capacity types wanted",
  ],
  [
    "a label",
    { pools: cpu, pods: [pod("a", undefined, selects("team", "ml"))] },
    "pool cpu: wants team in ml, its nodes have no such label",
  ],
  [
    "a GPU by name",
    { pools: gpu, pods: [gpuPod("a", 1, selects("karpenter.k8s.aws/instance-gpu-name", "h100"))] },
    "pool gpu: 3 types without karpenter.k8s.aws/instance-gpu-name in h100",
  ],
  [
    "a limit on GPUs",
    { pools: [gpuPool({ limits: { "nvidia.com/gpu": 4 }, used: { "nvidia.com/gpu": 4 } })], pods: [gpuPod("a", 1)] },
    "pool gpu: limit reached: would use 5 of 4 GPUs",
  ],
  [
    "a limit on CPUs, and size",
    { pools: [cpuPool({ limits: { cpu: 8000 }, used: { cpu: 6000 } })], pods: [pod("a", { cpu: 4000 })] },
    "pool cpu: limit reached: would use 10 of 8 CPUs, 1 type with too little CPU (wants 4, the most is 2)",
  ],
  [
    "capacity in every zone",
    { pools: gpu, pods: [gpuPod("a", 8)], unavailable: () => true },
    "pool gpu: no capacity left now: g5.48xlarge on-demand us-east-1a,b and spot us-east-1a,b (retry within 3 min), 2 types with too few GPUs (wants 8, the most is 4)",
  ],
  [
    "the pods before it in the round",
    { pools: [gpuPool({ limits: { "nvidia.com/gpu": 8 } })], pods: [gpuPod("a", 8), gpuPod("b", 8)] },
    "pool gpu: limit reached: would use 16 of 8 GPUs, 2 types with too few GPUs (wants 8, the most is 4)",
  ],
  [
    "requirements that no type satisfies",
    {
      pools: [
        cpuPool({ requirements: [{ key: "karpenter.k8s.aws/instance-family", operator: "In", values: ["z9"] }] }),
      ],
      pods: [pod("a")],
    },
    "pool cpu: no instance type of the catalog satisfies its requirements",
  ],
])("names %s", (_, more, expected) => {
  const { unschedulable } = provision(input(more));
  expect(unschedulable.map(({ reasons }) => reasons.join("; "))).toEqual([expected]);
});

it("joins reasons to one message", () => {
  expect(reasonsText(["pool a: x", "pool b: y"])).toBe("no pool fits: pool a: x; pool b: y");
});
