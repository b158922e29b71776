/**
 * What `nvidia-smi --query-gpu=name` prints, by Karpenter's label value; where the memory decides, by `name/MiB`.
 * Source: public logs of the devices; `rtx-pro-4500` by NVIDIA's product name in the form its siblings print.
 */
const products: Record<string, string> = {
  a100: "NVIDIA A100-SXM4-40GB",
  "a100/81920": "NVIDIA A100-SXM4-80GB",
  a10g: "NVIDIA A10G",
  b200: "NVIDIA B200",
  b300: "NVIDIA B300 SXM6 AC",
  h100: "NVIDIA H100 80GB HBM3",
  h200: "NVIDIA H200",
  l4: "NVIDIA L4",
  l40s: "NVIDIA L40S",
  "rtx-pro-4500": "NVIDIA RTX PRO 4500 Blackwell Server Edition",
  "rtx-pro-server-6000": "NVIDIA RTX PRO 6000 Blackwell Server Edition",
  t4: "Tesla T4",
  t4g: "NVIDIA T4G",
  v100: "Tesla V100-SXM2-16GB",
  "v100/32768": "Tesla V100-SXM2-32GB",
};

/** The product name of a GPU; a GPU that is not in the table keeps its label value. */
export function gpuProduct(name: string, memoryMib: number): string {
  return products[`${name}/${memoryMib}`] ?? products[name] ?? name;
}
