import type { InstanceType } from "../catalog/instance-type.ts";
import type { Labels } from "./types.ts";

export const labelKeys = {
  pool: "karpenter.sh/nodepool",
  capacityType: "karpenter.sh/capacity-type",
  instanceType: "node.kubernetes.io/instance-type",
  zone: "topology.kubernetes.io/zone",
  region: "topology.kubernetes.io/region",
} as const;

const prefix = "karpenter.k8s.aws/instance-";

/** Labels that every node of a type has, as Karpenter's AWS provider sets them. */
export function instanceLabels(type: InstanceType): Labels {
  const { gpu } = type;
  return {
    [labelKeys.instanceType]: type.name,
    "kubernetes.io/arch": type.architecture,
    "kubernetes.io/os": "linux",
    [`${prefix}family`]: type.family,
    [`${prefix}category`]: type.category,
    [`${prefix}generation`]: String(type.generation),
    [`${prefix}size`]: type.size,
    [`${prefix}cpu`]: String(type.vcpu),
    [`${prefix}memory`]: String(type.memoryMib),
    [`${prefix}network-bandwidth`]: String(type.networkMbps),
    [`${prefix}ebs-bandwidth`]: String(type.ebsMbps),
    ...(type.nvmeGb > 0 && { [`${prefix}local-nvme`]: String(type.nvmeGb) }),
    ...(gpu && {
      [`${prefix}gpu-name`]: gpu.name,
      [`${prefix}gpu-manufacturer`]: "nvidia",
      [`${prefix}gpu-count`]: String(gpu.count),
      [`${prefix}gpu-memory`]: String(gpu.memoryMib),
    }),
  };
}

/** Whether the instance type gives this label. */
export function isTypeLabel(key: string): boolean {
  return (
    key === labelKeys.instanceType ||
    key === "kubernetes.io/arch" ||
    key === "kubernetes.io/os" ||
    key.startsWith(prefix)
  );
}

/** Whether the instance type or the offering gives this label, so that a pool need not name it. */
export function isOpenLabel(key: string): boolean {
  return isTypeLabel(key) || key === labelKeys.zone || key === labelKeys.region || key === labelKeys.capacityType;
}
