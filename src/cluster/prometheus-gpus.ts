import { Failure } from "../kernel/failure.ts";
import { queryRange, type RangeQuery, type RangeSeries } from "./prometheus.ts";
import { type PrometheusServer, shownUrl } from "./prometheus-request.ts";

/** What one GPU, or one MIG slice of it, was measured to do while it was given to one pod, or to none. */
export interface MeasuredGpu {
  /** Of the GPU, or of the slice. */
  readonly device: string;
  readonly host: string;
  /** As DCGM names it, such as `NVIDIA A10G`; empty where it does not. */
  readonly model: string;
  /** Undefined while no pod has it. */
  readonly pod: { readonly namespace: string; readonly name: string } | undefined;
  /** By place on the grid of the query; NaN where nothing was measured. */
  readonly columns: Partial<Record<GpuField, Float64Array>>;
}

export const gpuMetrics = {
  engine: "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
  utilization: "DCGM_FI_DEV_GPU_UTIL",
  sm: "DCGM_FI_PROF_SM_ACTIVE",
  dram: "DCGM_FI_PROF_DRAM_ACTIVE",
  memoryUsed: "DCGM_FI_DEV_FB_USED",
  memoryFree: "DCGM_FI_DEV_FB_FREE",
  memoryTotal: "DCGM_FI_DEV_FB_TOTAL",
} as const;
export type GpuField = keyof typeof gpuMetrics;

export type Grid = Omit<RangeQuery, "query">;

export interface MeasuredGpus {
  readonly gpus: readonly MeasuredGpu[];
  /** Names of the metrics that had samples. */
  readonly found: readonly string[];
  readonly missing: readonly string[];
}

/** Every GPU that a DCGM exporter told Prometheus of. Fails with NOT_READY where there is none. */
export async function measuredGpus(server: PrometheusServer, grid: Grid): Promise<MeasuredGpus> {
  const answers: [GpuField, readonly RangeSeries[]][] = [];
  for (const [field, query] of Object.entries(gpuMetrics) as [GpuField, string][]) {
    answers.push([field, await queryRange(server, { ...grid, query })]);
  }
  const has = (field: GpuField) => answers.some(([name, series]) => name === field && series.length > 0);
  if (!has("engine") && !has("utilization")) throw nothingMeasured(server);
  const names = (wanted: boolean) =>
    answers.flatMap(([field, series]) => (series.length > 0 === wanted ? gpuMetrics[field] : []));
  return { gpus: gathered(answers, grid), found: names(true), missing: names(false) };
}

function nothingMeasured({ url }: PrometheusServer): Failure {
  return new Failure("NOT_READY", "Prometheus knows no GPU of that time", {
    where: shownUrl(url),
    why: `it has no samples of ${gpuMetrics.engine} and none of ${gpuMetrics.utilization}, which NVIDIA's DCGM exporter measures`,
    fix: "helm install dcgm-exporter dcgm-exporter --repo https://nvidia.github.io/dcgm-exporter/helm-charts -n monitoring --set serviceMonitor.enabled=true",
  });
}

function gathered(answers: readonly (readonly [GpuField, readonly RangeSeries[]])[], grid: Grid): MeasuredGpu[] {
  const all = answers.flatMap(([, series]) => series);
  // a Prometheus that keeps its own `pod` for the exporter's renames the workload's
  const isRenamed = all.some(({ labels }) => (labels["exported_pod"] ?? "") !== "");
  const devices = new Map<string, MeasuredGpu>();
  for (const [field, series] of answers) {
    for (const { labels, timesMs, values } of series) {
      const pod = podOf(labels, isRenamed);
      const host = labels["Hostname"] ?? labels["node"] ?? labels["instance"] ?? "";
      const device = [labels["UUID"] ?? `${host} ${labels["gpu"] ?? ""}`, labels["GPU_I_ID"]].filter(Boolean).join(" ");
      const key = JSON.stringify([device, pod?.namespace, pod?.name]);
      const found = devices.get(key) ?? { device, host, model: labels["modelName"] ?? "", pod, columns: {} };
      devices.set(key, found);
      const column = found.columns[field] ?? new Float64Array(lengthOf(grid)).fill(Number.NaN);
      found.columns[field] = column;
      timesMs.forEach((at, index) => {
        column[Math.round((at - grid.startMs) / (grid.stepSeconds * 1000))] = values[index] ?? Number.NaN;
      });
    }
  }
  return [...devices.values()];
}

function podOf(labels: Readonly<Record<string, string>>, isRenamed: boolean): MeasuredGpu["pod"] {
  const name = isRenamed ? labels["exported_pod"] : labels["pod"];
  const namespace = isRenamed ? labels["exported_namespace"] : labels["namespace"];
  // without a workload, `pod` is the exporter's own
  if (!name || (!isRenamed && /dcgm-exporter/.test(name))) return undefined;
  return { namespace: namespace ?? "", name };
}

/** How many places a grid has. */
export function lengthOf({ startMs, endMs, stepSeconds }: Grid): number {
  return Math.floor((endMs - startMs) / (stepSeconds * 1000)) + 1;
}
