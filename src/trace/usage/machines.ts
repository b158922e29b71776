/** A GPU that workloads run on, its memory, and the smaller one that a job which leaves half of it free would fit. */
export interface UsageMachine {
  readonly instanceType: string;
  readonly gpu: string;
  readonly gpus: number;
  readonly memoryMib: number;
  /** Of one GPU, us-east-1 on demand. */
  readonly usdPerGpuHour: number;
  readonly smaller?: { readonly memoryMib: number; readonly usdPerGpuHour: number };
}

/** Memory and prices as in `catalog/gpu-families.ts` (2026-07-20); a copy, since what is generated must not change with prices. */
const t4 = { memoryMib: 16_384, usdPerGpuHour: 0.526 };
const l4 = { memoryMib: 22_888, usdPerGpuHour: 0.8048 };
const l40s = { memoryMib: 45_776, usdPerGpuHour: 1.861 };

export const singleGpuMachines: readonly [UsageMachine, ...UsageMachine[]] = [
  { instanceType: "g4dn.xlarge", gpu: "t4", gpus: 1, ...t4 },
  { instanceType: "g5.xlarge", gpu: "a10g", gpus: 1, memoryMib: 22_888, usdPerGpuHour: 1.006, smaller: t4 },
  { instanceType: "g6.xlarge", gpu: "l4", gpus: 1, ...l4, smaller: t4 },
  { instanceType: "g6e.xlarge", gpu: "l40s", gpus: 1, ...l40s, smaller: l4 },
  { instanceType: "p5.4xlarge", gpu: "h100", gpus: 1, memoryMib: 81_920, usdPerGpuHour: 6.88, smaller: l40s },
];

export const multiGpuMachines: readonly [UsageMachine, ...UsageMachine[]] = [
  { instanceType: "g5.12xlarge", gpu: "a10g", gpus: 4, memoryMib: 22_888, usdPerGpuHour: 1.418 },
  { instanceType: "g6.12xlarge", gpu: "l4", gpus: 4, memoryMib: 22_888, usdPerGpuHour: 1.1504 },
  { instanceType: "g6e.12xlarge", gpu: "l40s", gpus: 4, memoryMib: 45_776, usdPerGpuHour: 2.62316 },
  { instanceType: "p4d.24xlarge", gpu: "a100", gpus: 8, memoryMib: 40_960, usdPerGpuHour: 2.74470525 },
];
