/** How strong a GPU is; the memory is the catalog's. */
export interface GpuStrength {
  /** Dense FP16 or BF16 on tensor cores. */
  readonly tflops: number;
  readonly gigabytesPerSecond: number;
}

/**
 * By Karpenter's name; where the memory decides, by `name/MiB`. Source: NVIDIA's data sheets of the server products (SXM where there is
 * one), without sparsity; A10G as AWS and NVIDIA published it in 2021. A GPU that is not in the table (RTX PRO) is not compared.
 */
const strengths: Readonly<Record<string, GpuStrength>> = {
  t4: { tflops: 65, gigabytesPerSecond: 320 },
  v100: { tflops: 125, gigabytesPerSecond: 900 },
  a10g: { tflops: 70, gigabytesPerSecond: 600 },
  l4: { tflops: 121, gigabytesPerSecond: 300 },
  l40s: { tflops: 362, gigabytesPerSecond: 864 },
  a100: { tflops: 312, gigabytesPerSecond: 1555 },
  "a100/81920": { tflops: 312, gigabytesPerSecond: 2039 },
  h100: { tflops: 989, gigabytesPerSecond: 3350 },
  h200: { tflops: 989, gigabytesPerSecond: 4800 },
  b200: { tflops: 2250, gigabytesPerSecond: 8000 },
  b300: { tflops: 2250, gigabytesPerSecond: 8000 },
};

export function gpuStrength(name: string, memoryMib: number): GpuStrength | undefined {
  return strengths[`${name}/${memoryMib}`] ?? strengths[name];
}
