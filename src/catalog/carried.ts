import type { Architecture } from "../kernel/vocabulary.ts";
import { allocatableOf } from "./allocatable.ts";
import { generalFamilyTable } from "./general-families.ts";
import { gpuFamilyTable } from "./gpu-families.ts";
import { gpuProduct } from "./gpus.ts";
import type { Gpu, InstanceType } from "./instance-type.ts";
import { disks, type Platform, shapes } from "./platforms.ts";
import { sources } from "./source.ts";
import { lazy, tableRows } from "./table.ts";

/** An instance type with its us-east-1 on-demand price, undefined where AWS publishes none. */
export interface CarriedType {
  readonly type: InstanceType;
  readonly usdPerHour: number | undefined;
}

/** The GPU of each size of a family. */
type GpuOf = (index: number) => Gpu | undefined;

/** Everything the tables hold, by family, sizes in the order of the shape. Parsed at the first call. */
export const carriedFamilies = lazy(() => {
  const families = new Map<string, readonly CarriedType[]>();
  for (const [family = "", architecture, memory = "", shape, disk, ...usd] of tableRows(generalFamilyTable)) {
    families.set(family, familyOf({ family, architecture, memory, shape, disk, gpuOf: () => undefined, usd }));
  }
  for (const cells of tableRows(gpuFamilyTable)) {
    const [family = "", architecture, memory = "", shape, disk, gpu = "", gpuMib, counts = "", ...usd] = cells;
    const gpuOf = gpusOf(gpu, Number(gpuMib), counts.split(",").map(Number));
    families.set(family, familyOf({ family, architecture, memory, shape, disk, gpuOf, usd }));
  }
  return families;
});

function gpusOf(name: string, memoryMib: number, counts: readonly number[]): GpuOf {
  const product = gpuProduct(name, memoryMib);
  return (index) => ({ name, product, count: counts[index] ?? 0, memoryMib });
}

interface FamilyRow {
  readonly family: string;
  readonly architecture: string | undefined;
  /** GiB for each vCPU, or `=` and GiB by size. */
  readonly memory: string;
  readonly shape: string | undefined;
  readonly disk: string | undefined;
  readonly gpuOf: GpuOf;
  readonly usd: readonly string[];
}

function familyOf(row: FamilyRow): CarriedType[] {
  const platforms = shapes().get(row.shape ?? "") ?? [];
  const gb = disks().get(row.disk ?? "") ?? [];
  return platforms.map((platform, index) => ({
    type: typeOf(row, platform, index, gb[index] ?? 0),
    usdPerHour: row.usd[index] === "-" ? undefined : Number(row.usd[index]),
  }));
}

function typeOf(row: FamilyRow, platform: Platform, index: number, nvmeGb: number): InstanceType {
  const { size, vcpu, networkMbps, ebsMbps, pods } = platform;
  const { family } = row;
  const [, category = "", generation] = /^([a-z]+)(\d+)/.exec(family) ?? [];
  const architecture: Architecture = row.architecture === "arm64" ? "arm64" : "amd64";
  const memoryMib = memoryMibOf(row.memory, vcpu, index);
  const gpu = row.gpuOf(index);
  return Object.freeze({
    name: `${family}.${size}`,
    family,
    category,
    generation: Number(generation),
    size,
    architecture,
    vcpu,
    memoryMib,
    ...(gpu && { gpu }),
    nvmeGb,
    networkMbps,
    ebsMbps,
    allocatable: allocatableOf(vcpu, memoryMib, pods, architecture),
    source: family === "p3" ? sources.p3 : sources.instanceTypes,
  });
}

function memoryMibOf(memory: string, vcpu: number, index: number): number {
  const gib = memory.startsWith("=") ? Number(memory.slice(1).split(",")[index]) : vcpu * Number(memory);
  return Math.round(gib * 1024);
}
