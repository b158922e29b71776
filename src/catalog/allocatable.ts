import type { Architecture } from "../kernel/vocabulary.ts";

/** What pods can request of a node. */
export interface Allocatable {
  readonly cpuMillis: number;
  readonly memoryMib: number;
  readonly pods: number;
}

/** Share of the memory that the hypervisor keeps: Karpenter's setting `vmMemoryOverheadPercent`. */
const hypervisorShare = 0.075;
/** Graviton reserves this for the kernel's contiguous memory allocator; it never becomes capacity. */
const gravitonCmaMib = 64;
/** The kubelet evicts pods when less is free: `memory.available<100Mi`. */
const evictionMib = 100;

/**
 * Allocatable as Karpenter computes it for AL2023 with default reservations. From the memory go the hypervisor's share,
 * 255 MiB and 11 MiB a pod for the kubelet, and the eviction threshold. From the CPU go 6 % of the first core, 1 % of the
 * second, 0.5 % of the third and fourth, 0.25 % of the rest. It gives the published figure of every type carried.
 */
export function allocatableOf(vcpu: number, memoryMib: number, pods: number, architecture: Architecture): Allocatable {
  const visible = memoryMib - (architecture === "arm64" ? gravitonCmaMib : 0);
  const memory = visible - Math.ceil(visible * hypervisorShare) - (255 + 11 * pods) - evictionMib;
  return { cpuMillis: Math.floor(1000 * vcpu - reservedCpuMillis(vcpu)), memoryMib: memory, pods };
}

function reservedCpuMillis(vcpu: number): number {
  const first = [60, 10, 5, 5].slice(0, vcpu).reduce((sum, millis) => sum + millis, 0);
  return first + 2.5 * Math.max(0, vcpu - 4);
}
