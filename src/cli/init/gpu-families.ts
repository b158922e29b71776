import { instanceTypes } from "../../catalog/instance-types.ts";

export interface GpuFamily {
  readonly name: string;
  /** The GPU's name in the catalog, such as `t4`. */
  readonly gpu: string;
  /** Of the smallest instance type. */
  readonly fewestGpus: number;
}

/** The catalog's families with GPUs, in its order. */
export function gpuFamilies(): GpuFamily[] {
  const families = new Map<string, GpuFamily>();
  for (const { family, gpu } of instanceTypes()) {
    if (gpu === undefined) continue;
    const before = families.get(family)?.fewestGpus ?? Number.POSITIVE_INFINITY;
    families.set(family, { name: family, gpu: gpu.name, fewestGpus: Math.min(before, gpu.count) });
  }
  return [...families.values()];
}
