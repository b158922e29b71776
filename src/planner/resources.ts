import type { InstanceType } from "../catalog/instance-type.ts";
import { type NodeStorage, storageAllocatable, storageCapacity } from "./node-storage.ts";

/**
 * Amounts by resource name: `cpu` in millicores, `memory` and `ephemeral-storage` in bytes, the rest as counts
 * (`pods`, `nvidia.com/gpu`). Whole numbers, so that sums are exact.
 */
export type Resources = Readonly<Record<string, number>>;

export const gpuResource = "nvidia.com/gpu";
const mib = 2 ** 20;

/** The sum, by resource. */
export function add(a: Resources, b: Resources): Resources {
  const sum: Record<string, number> = { ...a };
  for (const name in b) sum[name] = (sum[name] ?? 0) + (b[name] ?? 0);
  return sum;
}

/** `a` less `b`; what `a` lacks becomes negative. */
export function subtract(a: Resources, b: Resources): Resources {
  const rest: Record<string, number> = { ...a };
  for (const name in b) rest[name] = (rest[name] ?? 0) - (b[name] ?? 0);
  return rest;
}

/** The larger amount of each resource. */
export function largest(a: Resources, b: Resources): Resources {
  const most: Record<string, number> = { ...a };
  for (const name in b) most[name] = Math.max(most[name] ?? 0, b[name] ?? 0);
  return most;
}

/** The first resource that `wanted` has more of than `available`; undefined when it fits. */
export function firstLacking(wanted: Resources, available: Resources): string | undefined {
  for (const name in wanted) {
    const amount = wanted[name] ?? 0;
    if (amount > 0 && amount > (available[name] ?? 0)) return name;
  }
  return undefined;
}

/** All that an instance has: what counts against a pool's limits. */
export function capacityOf(type: InstanceType, storage?: NodeStorage): Resources {
  return {
    cpu: type.vcpu * 1000,
    memory: type.memoryMib * mib,
    "ephemeral-storage": storageCapacity(type, storage),
    pods: type.allocatable.pods,
    ...(type.gpu && { [gpuResource]: type.gpu.count }),
  };
}

/** What pods can request of an instance. */
export function allocatableOf(type: InstanceType, storage?: NodeStorage): Resources {
  const { cpuMillis, memoryMib, pods } = type.allocatable;
  return {
    cpu: Math.floor(cpuMillis),
    memory: Math.floor(memoryMib * mib),
    "ephemeral-storage": storageAllocatable(type, storage),
    pods,
    ...(type.gpu && { [gpuResource]: type.gpu.count }),
  };
}

/** An amount for people: `1500m` CPU, `4Gi` memory, `8`. */
export function amountText(resource: string, amount: number): string {
  if (resource === "cpu") return amount % 1000 === 0 ? String(amount / 1000) : `${amount}m`;
  if (resource !== "memory" && resource !== "ephemeral-storage") return String(amount);
  const gib = amount / 2 ** 30;
  return gib >= 1 ? `${Number(gib.toFixed(1))}Gi` : `${Math.round(amount / mib)}Mi`;
}
