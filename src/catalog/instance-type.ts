import type { Architecture, CapacityType } from "../kernel/vocabulary.ts";

/** Where a fact comes from. An estimate is a figure nobody published: derived, or assumed for want of better. */
export interface Source {
  readonly name: string;
  /** ISO date the fact was true. */
  readonly asOf: string;
  readonly estimate: boolean;
}

export interface Gpu {
  /** Karpenter's label value, such as `a10g`. */
  readonly name: string;
  /** What nvidia-smi calls it, such as `NVIDIA A10G`. */
  readonly product: string;
  readonly count: number;
  readonly memoryMib: number;
}

export interface InstanceType {
  readonly name: string;
  readonly family: string;
  readonly category: string;
  readonly generation: number;
  readonly size: string;
  readonly architecture: Architecture;
  readonly vcpu: number;
  readonly memoryMib: number;
  readonly gpu?: Gpu;
  readonly nvmeGb: number;
  readonly networkMbps: number;
  readonly ebsMbps: number;
  /** What pods can request on EKS with default reservations. */
  readonly allocatable: { readonly cpuMillis: number; readonly memoryMib: number; readonly pods: number };
  readonly source: Source;
}

/** An instance type one can buy: where, how, at what price. */
export interface Offering {
  readonly instanceType: InstanceType;
  readonly region: string;
  readonly zone: string;
  readonly capacityType: CapacityType;
  readonly usdPerHour: number;
  readonly source: Source;
  /** Spot only, how often it is interrupted: 0 under 5 % a month, 1 5–10, 2 10–15, 3 15–20, 4 over 20 %. */
  readonly interruptionBand?: number;
}
