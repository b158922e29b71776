import type { LabelledUsage } from "../../../src/trace/usage/truth.ts";
import type { WorkloadUsage } from "../../../src/trace/utilization.ts";
import type { HeldSeries } from "../../cluster/prometheus/fake-prometheus.ts";

const models: Readonly<Record<string, string>> = {
  t4: "Tesla T4",
  a10g: "NVIDIA A10G",
  l4: "NVIDIA L4",
  l40s: "NVIDIA L40S",
  a100: "NVIDIA A100-SXM4-40GB",
  h100: "NVIDIA H100 80GB HBM3",
};

type Labels = (pod: string) => Readonly<Record<string, string>>;

/** What a Prometheus holds that scrapes NVIDIA's DCGM exporter and cAdvisor: series by metric, all ending at `endMs`. */
export function exported(
  usages: readonly WorkloadUsage[],
  endMs: number,
  labels: Labels = renamed,
): Map<string, HeldSeries[]> {
  const held = new Map<string, HeldSeries[]>();
  const add = (metric: string, series: HeldSeries) => held.set(metric, [...(held.get(metric) ?? []), series]);
  usages.forEach((usage, workload) => {
    const pod = usage.name.replace("/", "-").replace("team-", "");
    const from = endMs - (usage.samples - 1) * usage.stepSeconds * 1000;
    const values = (column: Float64Array, factor = 1) =>
      [...column].flatMap((value, index): [number, string][] =>
        Number.isNaN(value) ? [] : [[(from + index * usage.stepSeconds * 1000) / 1000, String(factor * value)]],
      );
    usage.devices.forEach((device, gpu) => {
      const metric = {
        UUID: `GPU-${workload}-${gpu}`,
        gpu: String(gpu),
        device: `nvidia${gpu}`,
        modelName: models[usage.gpu ?? ""] ?? "",
        Hostname: `ip-10-0-${workload}-1`,
        ...labels(pod),
      };
      const put = (name: string, column: Float64Array | undefined, factor?: number) => {
        if (column !== undefined) add(name, { metric: { __name__: name, ...metric }, values: values(column, factor) });
      };
      put("DCGM_FI_DEV_GPU_UTIL", device.engineActive, 100);
      put("DCGM_FI_PROF_GR_ENGINE_ACTIVE", device.smActive && device.engineActive);
      put("DCGM_FI_PROF_SM_ACTIVE", device.smActive);
      put("DCGM_FI_PROF_DRAM_ACTIVE", device.dramActive);
      put("DCGM_FI_DEV_FB_USED", device.memoryUsedMib);
      put(
        "DCGM_FI_DEV_FB_FREE",
        device.memoryUsedMib.map((used) => device.memoryTotalMib - used),
      );
    });
    const own = { namespace: "team", pod };
    if (usage.ioBytesPerSecond) add("container_network", { metric: own, values: values(usage.ioBytesPerSecond) });
    if (usage.requestsPerSecond) add("vllm", { metric: own, values: values(usage.requestsPerSecond) });
    const owner_kind = usage.kind === "serving" ? "ReplicaSet" : "Job";
    add("kube_pod_owner", { metric: { ...own, owner_kind }, values: [[endMs / 1000, "1"]] });
  });
  return held;
}

/** As where Prometheus keeps `pod` for the exporter's own. */
export const renamed = (pod: string) => ({
  namespace: "gpu-operator",
  pod: "nvidia-dcgm-exporter-x7kq2",
  exported_namespace: "team",
  exported_pod: pod,
});

/** As with honorLabels. */
export const honored = (pod: string) => ({ namespace: "team", pod });

/** The answer to an expression, by the metric in it. */
export function answers(held: ReadonlyMap<string, readonly HeldSeries[]>) {
  return (query: string) =>
    held.get(query) ?? [...held].find(([name]) => query.includes(name) && !name.startsWith("DCGM"))?.[1];
}

/** Pods that are called by what they do. */
export function named(labelled: readonly LabelledUsage[]): WorkloadUsage[] {
  return labelled.map(({ usage, truth: { scenario } }, index) => ({
    ...usage,
    name: `team/${scenario}-${index}${usage.kind === "interactive" && !scenario.includes("notebook") ? "-notebook" : ""}`,
  }));
}
