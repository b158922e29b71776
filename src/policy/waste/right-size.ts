import type { Gpu, InstanceType } from "../../catalog/instance-type.ts";
import { instanceType, instanceTypes } from "../../catalog/instance-types.ts";
import { onDemandPrice, spotPrice } from "../../catalog/prices.ts";
import type { CapacityType } from "../../kernel/vocabulary.ts";
import { gpuStrength } from "./gpu-strength.ts";
import { type MigSlice, migSlices } from "./mig-slices.ts";
import type { GpuNeeds } from "./needs.ts";
import type { WatchedWorkload } from "./workload.ts";

/** Something smaller that was measured to be enough. */
export interface RightSizing {
  readonly kind: "fewer-gpus" | "smaller-gpu" | "mig-slice" | "share-gpu";
  /** Such as `1 × l4 (g6.xlarge)`. */
  readonly to: string;
  /** Share of what the same work costs now that is saved, 0 to 1. */
  readonly share: number;
  /** How many times longer it takes; 1 where it does not. */
  readonly slowdown: number;
  /** Undefined where nobody knows what it costs now. */
  readonly usdPerHour?: number | undefined;
  /** 0 to 1: in so many hours no peak was higher; the chance that the next hour has a higher one is 1/(n+1). */
  readonly confidence: number;
  /** One sentence with the figures. */
  readonly why: string;
  /** Lines for a manifest or a configuration. */
  readonly paste: string;
}

export interface RightSizeOptions {
  /** Default us-east-1. */
  readonly region?: string;
  /** How the node is bought; default on demand. */
  readonly capacityType?: CapacityType;
  /** What its pod asks for beside GPUs; unknown: what its instance type has for its GPUs is not held for needed. */
  readonly requests?: { readonly vcpu: number; readonly memoryMib: number } | undefined;
}

/** A peak and 15 %, as KRR takes it, must leave 8 % of the memory to the driver and the CUDA context (`gpu-fit.md` 5.2). */
const memoryMargin = 1.15;
const usableMemory = 0.92;
/** What a GPU is loaded with at most, and half of that where it is shared. */
const headroom = 0.8;
const leastHours = 1;
const leastShare = 0.1;
const mostReplicas = 4;

/**
 * What would do as well and cost less, the largest saving first; empty where nothing was measured to. Never anything that a measured
 * peak would not fit. Of what reserves memory up front (vLLM) the memory says nothing: only idle GPUs are advised on.
 */
export function rightSizings(
  workload: WatchedWorkload,
  needs: GpuNeeds,
  options: RightSizeOptions = {},
): readonly RightSizing[] {
  if (needs.hours < leastHours || needs.busyGpus === 0) return [];
  const candidates = [fewerGpus, smallerGpu, migSlice, sharedGpu].map((advise) => advise({ workload, needs, options }));
  return candidates
    .flatMap((each) => each ?? [])
    .filter(({ share }) => share >= leastShare)
    .sort((a, b) => b.share - a.share);
}

interface Case {
  readonly workload: WatchedWorkload;
  readonly needs: GpuNeeds;
  readonly options: RightSizeOptions;
}

/** Types with fewer GPUs are few: what is saved is what others can have. */
function fewerGpus({ workload, needs }: Case): RightSizing | undefined {
  const { gpus, busyGpus } = needs;
  if (busyGpus === gpus) return undefined;
  return sized(
    { workload, needs },
    {
      kind: "fewer-gpus",
      to: `${busyGpus} × ${workload.gpu ?? "GPU"}`,
      share: 1 - busyGpus / gpus,
      slowdown: 1,
      why: `${gpus - busyGpus} of ${gpus} GPUs ran next to nothing in ${hoursText(needs)}`,
      paste: `resources: { limits: { nvidia.com/gpu: ${busyGpus} } }`,
    },
  );
}

/** The one that does the same work for the least money; a job may take up to twice as long on it, others may not. */
function smallerGpu({ workload, needs, options }: Case): RightSizing | undefined {
  const { gpu: own, usdPerHour = 0 } = workload;
  if (needs.reservesMemory || own === undefined || !(usdPerHour > 0)) return undefined;
  const architecture = instanceType(workload.instanceType ?? "")?.architecture ?? "amd64";
  const mostSlowdown = workload.kind === "job" ? 2 : 1;
  const [best] = gpuTypes(options)
    .flatMap(({ type, gpu, usdPerHour }) => {
      const slowdown = slowdownOn(own, gpu, needs);
      const isSame = gpu.name === own && gpu.memoryMib === needs.memoryMib;
      const fits =
        type.architecture === architecture && gpu.count >= needs.busyGpus && memoryFits(needs, gpu.memoryMib);
      return fits && !isSame && slowdown <= mostSlowdown ? [{ type, gpu, slowdown, usd: usdPerHour * slowdown }] : [];
    })
    .sort((a, b) => a.usd - b.usd);
  if (best === undefined) return undefined;
  const { gpu, type, slowdown, usd } = best;
  const longer = slowdown > 1.05 ? ` at ${slowdown.toFixed(1)} times the time` : " and its speed";
  return sized(
    { workload, needs },
    {
      kind: "smaller-gpu",
      to: `${needs.busyGpus} × ${gpu.name} (${type.name})`,
      share: Math.max(0, 1 - usd / usdPerHour),
      slowdown,
      why: `${peakText(needs)}, which fits the ${gpu.memoryMib} MiB of ${gpu.name}${longer}`,
      paste: `nodeSelector: { karpenter.k8s.aws/instance-gpu-name: ${gpu.name} }`,
    },
  );
}

/** How many times longer the measured work takes on another GPU; Infinity where its strength is not known. */
function slowdownOn(own: string, other: Gpu, { memoryMib, p95Sm, p95Dram = p95Sm }: GpuNeeds): number {
  const now = gpuStrength(own, memoryMib);
  const then = gpuStrength(other.name, other.memoryMib);
  if (now === undefined || then === undefined) return Number.POSITIVE_INFINITY;
  const compute = (p95Sm * now.tflops) / (headroom * then.tflops);
  return Math.max(1, compute, (p95Dram * now.gigabytesPerSecond) / (headroom * then.gigabytesPerSecond));
}

function migSlice({ workload, needs }: Case): RightSizing | undefined {
  if (needs.reservesMemory || needs.gpus !== 1 || workload.gpu === undefined) return undefined;
  const fits = ({ memoryMib, compute, count }: MigSlice) =>
    memoryFits(needs, memoryMib) &&
    needs.p95Sm <= headroom * compute &&
    (needs.p95Dram ?? needs.p95Sm) <= headroom / count;
  const [slice] = migSlices(workload.gpu, needs.memoryMib)
    .filter(fits)
    .sort((a, b) => b.count - a.count);
  if (slice === undefined) return undefined;
  return sized(
    { workload, needs },
    {
      kind: "mig-slice",
      to: `1/${slice.count} of ${workload.gpu}: MIG ${slice.name}`,
      share: 1 - 1 / slice.count,
      slowdown: 1,
      why: `${peakText(needs)}, which fits a slice of ${slice.memoryMib} MiB; ${slice.count} of them share a GPU`,
      paste: `resources: { limits: { nvidia.com/mig-${slice.name}: 1 } }   # node label nvidia.com/mig.config=all-${slice.name}`,
    },
  );
}

function sharedGpu({ workload, needs }: Case): RightSizing | undefined {
  if (needs.reservesMemory || needs.gpus !== 1) return undefined;
  const load = Math.max(needs.p95Sm, needs.p95Dram ?? 0);
  const memory = (needs.peakMemoryMib * memoryMargin) / (needs.memoryMib * usableMemory);
  const replicas = Math.min(mostReplicas, Math.floor(headroom / load), Math.floor(1 / memory));
  if (!(replicas >= 2)) return undefined;
  return sized(
    { workload, needs },
    {
      kind: "share-gpu",
      to: `1/${replicas} of ${workload.gpu ?? "a GPU"}: time-slicing`,
      share: 1 - 1 / replicas,
      slowdown: 1,
      why: `${peakText(needs)}; ${replicas} such pods fit one GPU in turns, without walls between their memory`,
      paste: `sharing: { timeSlicing: { resources: [{ name: nvidia.com/gpu, replicas: ${replicas} }] } }   # NVIDIA device plugin's config`,
    },
  );
}

function memoryFits({ peakMemoryMib }: GpuNeeds, memoryMib: number): boolean {
  return peakMemoryMib > 0 && peakMemoryMib * memoryMargin <= usableMemory * memoryMib;
}

type Sized = Omit<RightSizing, "usdPerHour" | "confidence">;

function sized({ workload: { usdPerHour }, needs }: Pick<Case, "workload" | "needs">, sized: Sized): RightSizing {
  const confidence = needs.hours / (needs.hours + 1);
  return { ...sized, confidence, ...(usdPerHour !== undefined && { usdPerHour: usdPerHour * sized.share }) };
}

interface GpuType {
  readonly type: InstanceType;
  readonly gpu: Gpu;
  readonly usdPerHour: number;
}

/** What can be bought and has room for what the pod asks for beside GPUs. */
function gpuTypes({
  region = "us-east-1",
  capacityType = "on-demand",
  requests,
}: RightSizeOptions): readonly GpuType[] {
  return instanceTypes().flatMap((type): GpuType[] => {
    const { gpu, vcpu, memoryMib } = type;
    if (gpu === undefined || vcpu < (requests?.vcpu ?? 0) || memoryMib < (requests?.memoryMib ?? 0)) return [];
    const price = capacityType === "spot" ? spotPrice(region, type) : onDemandPrice(region, type);
    return price === undefined ? [] : [{ type, gpu, usdPerHour: price.usdPerHour }];
  });
}

function peakText(needs: GpuNeeds): string {
  const sm = `${Math.round(needs.p95Sm * 100)} % of the SMs`;
  return `at most ${Math.round(needs.peakMemoryMib)} MiB and ${sm} (p95) in ${hoursText(needs)}`;
}

function hoursText({ hours }: GpuNeeds): string {
  return `${hours < 10 ? hours.toFixed(1) : Math.round(hours)} h of work`;
}
