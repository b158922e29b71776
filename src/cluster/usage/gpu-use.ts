import type { ClusterApi } from "../api.ts";
import type { Pod } from "../objects.ts";
import { pageOf, runningPodsBy } from "./pods-by.ts";
import { parseMetrics } from "./prometheus-text.ts";

/** A GPU, or a part of one, and the pod that it is given to. */
export interface GpuUse {
  readonly namespace: string;
  readonly pod: string;
  readonly utilizationPercent: number;
  readonly memoryMib: number;
}

const names = ["dcgm-exporter", "nvidia-dcgm-exporter"];
/** NVIDIA's chart and its GPU operator label their pods differently. */
const labels = ["app.kubernetes.io/name", "app"];

/** As NVIDIA's DCGM exporters on the pods' nodes measure it; nothing where there are none. */
export async function askGpuExporters(
  api: ClusterApi,
  pods: readonly Pod[],
  signal: AbortSignal,
): Promise<readonly GpuUse[]> {
  const nodes = new Set(pods.flatMap(({ spec }) => spec?.nodeName ?? []));
  const lists = await Promise.all(labels.map((label) => runningPodsBy(api, label, names, signal)));
  const found = new Map(lists.flat().map((pod) => [pod.metadata.uid ?? pod.metadata.name, pod]));
  const exporters = [...found.values()].filter(({ spec }) => nodes.has(spec?.nodeName ?? ""));
  // one that does not answer takes nothing from the others
  const pages = await Promise.allSettled(
    exporters.map((pod) => pageOf(api, pod, { name: "metrics", fallback: 9400 }, signal)),
  );
  return pages.flatMap((page) => (page.status === "fulfilled" ? parseGpuMetrics(page.value) : []));
}

/** GPUs that a pod uses, by its labels; a GPU that no pod uses is left out. */
export function parseGpuMetrics(text: string): readonly GpuUse[] {
  const devices = new Map<string, { namespace: string; pod: string; percent?: number; memoryMib?: number }>();
  for (const { name, samples } of parseMetrics(text)) {
    if (name !== "DCGM_FI_DEV_GPU_UTIL" && name !== "DCGM_FI_DEV_FB_USED") continue;
    for (const { labels: own, value } of samples) {
      const { namespace, pod, UUID = own["gpu"], GPU_I_ID: part = "" } = own;
      if (!namespace || !pod || !Number.isFinite(value)) continue;
      const key = [UUID, part, namespace, pod].join(" ");
      const device = devices.get(key) ?? { namespace, pod };
      devices.set(key, { ...device, ...(name === "DCGM_FI_DEV_FB_USED" ? { memoryMib: value } : { percent: value }) });
    }
  }
  return [...devices.values()].flatMap(({ namespace, pod, percent, memoryMib }) =>
    percent === undefined || memoryMib === undefined ? [] : { namespace, pod, utilizationPercent: percent, memoryMib },
  );
}
