import type { InstanceType, Offering } from "../../src/catalog/instance-type.ts";
import type { PlanNode, PlanPod, PlanPool, ProvisionInput } from "../../src/planner/types.ts";

const source = { name: "made up for a test", asOf: "2026-01-01", estimate: true };
const gib = 2 ** 30;

interface TypeFacts {
  readonly gpus?: number;
  readonly gpu?: string;
  readonly arch?: InstanceType["architecture"];
  readonly nvmeGb?: number;
}

/** An instance type whose allocatable is all it has, so that sums in tests are plain. */
export function type(
  name: string,
  vcpu: number,
  memoryGib: number,
  { gpus = 0, gpu = "a10g", arch = "amd64", nvmeGb = 0 }: TypeFacts = {},
): InstanceType {
  const [family = "", size = ""] = name.split(".");
  return {
    name,
    family,
    category: family.slice(0, 1),
    generation: Number(/\d+/.exec(family)?.[0] ?? 0),
    size,
    architecture: arch,
    vcpu,
    memoryMib: memoryGib * 1024,
    ...(gpus > 0 && { gpu: { name: gpu, product: `NVIDIA ${gpu.toUpperCase()}`, count: gpus, memoryMib: 24_000 } }),
    nvmeGb,
    networkMbps: 10_000,
    ebsMbps: 5_000,
    allocatable: { cpuMillis: vcpu * 1000, memoryMib: memoryGib * 1024, pods: 20 },
    source,
  };
}

/** Zones a and b, on demand at `usd` and spot at 30 % of it. */
export function offered(
  instanceType: InstanceType,
  usd: number,
  capacityTypes: Offering["capacityType"][] = ["spot", "on-demand"],
): Offering[] {
  return ["us-east-1a", "us-east-1b"].flatMap((zone) =>
    capacityTypes.map((capacityType) => ({
      instanceType,
      region: "us-east-1",
      zone,
      capacityType,
      usdPerHour: capacityType === "spot" ? usd * 0.3 : usd,
      source,
    })),
  );
}

/** A small market: three general types, one arm, three with GPUs, one metal. */
export const market: readonly Offering[] = [
  ...offered(type("m7i.large", 2, 8), 0.1),
  ...offered(type("m7i.xlarge", 4, 16), 0.2),
  ...offered(type("m7i.4xlarge", 16, 64), 0.8),
  ...offered(type("m7i.metal-24xl", 96, 384), 4.8),
  ...offered(type("m7g.large", 2, 8, { arch: "arm64" }), 0.08),
  ...offered(type("g5.xlarge", 4, 16, { gpus: 1, nvmeGb: 250 }), 1),
  ...offered(type("g5.12xlarge", 48, 192, { gpus: 4, nvmeGb: 3800 }), 5.6),
  ...offered(type("g5.48xlarge", 192, 768, { gpus: 8, nvmeGb: 7600 }), 16),
];

export function pod(
  name: string,
  requests: Record<string, number> = { cpu: 1000, memory: gib },
  more: Partial<PlanPod> = {},
): PlanPod {
  return { name: `default/${name}`, uid: name, createdAtMs: 0, requests, alternatives: [[]], tolerations: [], ...more };
}

export const gpuToleration = { key: "nvidia.com/gpu", operator: "Exists" };

export function gpuPod(name: string, gpus: number, more: Partial<PlanPod> = {}): PlanPod {
  return pod(name, { cpu: 1000, memory: gib, "nvidia.com/gpu": gpus }, { tolerations: [gpuToleration], ...more });
}

const amd64 = { key: "kubernetes.io/arch", operator: "In" as const, values: ["amd64"] };

export function cpuPool(more: Partial<PlanPool> = {}): PlanPool {
  const families = { key: "karpenter.k8s.aws/instance-family", operator: "In" as const, values: ["m7i", "m7g"] };
  return {
    name: "cpu",
    weight: 0,
    labels: {},
    requirements: [families, amd64],
    taints: [],
    limits: {},
    used: {},
    ...more,
  };
}

export function gpuPool(more: Partial<PlanPool> = {}): PlanPool {
  return {
    name: "gpu",
    weight: 0,
    labels: {},
    requirements: [{ key: "karpenter.k8s.aws/instance-family", operator: "In", values: ["g5"] }],
    taints: [{ key: "nvidia.com/gpu", value: "true", effect: "NoSchedule" }],
    limits: {},
    used: {},
    ...more,
  };
}

export function node(name: string, cpu: number, more: Partial<PlanNode> = {}): PlanNode {
  const available = { cpu, memory: 64 * gib, pods: 10 };
  return { name, labels: { "kubernetes.io/arch": "amd64" }, taints: [], available, initialized: true, ...more };
}

export function input(more: Partial<ProvisionInput> = {}): ProvisionInput {
  return {
    pods: [],
    nodes: [],
    pools: [cpuPool(), gpuPool()],
    offerings: market,
    unavailable: () => false,
    daemonOverhead: {},
    ...more,
  };
}
