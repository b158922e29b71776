import { Failure } from "../kernel/failure.ts";
import { queryRange, type RangeSeries } from "./prometheus.ts";
import { type Grid, lengthOf } from "./prometheus-gpus.ts";
import type { PrometheusServer } from "./prometheus-request.ts";

/** What else Prometheus knows of a pod; a column is absent where it was not measured. */
export interface PodMeasurements {
  /** Network and disk, in both directions. */
  readonly ioBytesPerSecond?: Float64Array;
  /** Requests that ended in a second, and those that were under way. */
  readonly requests?: Float64Array;
  /** Such as `Job` or `ReplicaSet`. */
  readonly owner?: string;
  readonly isVllm: boolean;
}

const podsAtOnce = 100;
const podName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/** What is measured beside GPUs, by `namespace/pod`; what this Prometheus does not measure is left out, and named. */
export async function podMeasurements(
  server: PrometheusServer,
  grid: Grid,
  names: readonly string[],
): Promise<{ readonly pods: ReadonlyMap<string, PodMeasurements>; readonly missing: readonly string[] }> {
  const pods = new Map<string, PodMeasurements>();
  const seen = new Set<string>();
  const usable = [...new Set(names)].filter((name) => podName.test(name)).sort();
  for (let from = 0; from < usable.length; from += podsAtOnce) {
    const pattern = usable
      .slice(from, from + podsAtOnce)
      .map((name) => name.replaceAll(".", "\\\\."))
      .join("|");
    for (const [what, query] of Object.entries(queriesFor(pattern))) {
      for (const series of await optional(server, { ...grid, query })) {
        seen.add(what);
        add(pods, what as Measured, { series, grid });
      }
    }
  }
  return { pods, missing: usable.length === 0 ? [] : Object.keys(queriesFor("")).filter((what) => !seen.has(what)) };
}

type Measured = keyof ReturnType<typeof queriesFor>;

function queriesFor(pattern: string) {
  const pods = `{pod=~"${pattern}"}`;
  const rates = (...metrics: readonly string[]) =>
    metrics.map((metric) => `sum by (namespace, pod) (rate(${metric}${pods}[5m]))`).join(" + ");
  return {
    network: rates("container_network_receive_bytes_total", "container_network_transmit_bytes_total"),
    disk: rates("container_fs_reads_bytes_total", "container_fs_writes_bytes_total"),
    owner: `max by (namespace, pod, owner_kind) (kube_pod_owner${pods})`,
    requests: `sum by (namespace, pod) (vllm:num_requests_running${pods}) + ${rates("vllm:request_success_total")}`,
  };
}

/** A question that a server refuses is one that it has no answer to; that it is gone is another matter. */
async function optional(
  server: PrometheusServer,
  range: Parameters<typeof queryRange>[1],
): Promise<readonly RangeSeries[]> {
  return queryRange(server, range).catch((error: unknown) => {
    if (error instanceof Failure && error.code === "API_ERROR") return [];
    throw error;
  });
}

function add(
  pods: Map<string, PodMeasurements>,
  what: Measured,
  { series: { labels, timesMs, values }, grid }: { readonly series: RangeSeries; readonly grid: Grid },
): void {
  const key = `${labels["namespace"] ?? ""}/${labels["pod"] ?? ""}`;
  const pod = pods.get(key) ?? { isVllm: false };
  if (what === "owner") {
    const owner = labels["owner_kind"];
    pods.set(key, { ...pod, ...(owner !== undefined && { owner }) });
    return;
  }
  const field = what === "requests" ? "requests" : "ioBytesPerSecond";
  const column = pod[field] ?? new Float64Array(lengthOf(grid)).fill(Number.NaN);
  timesMs.forEach((at, index) => {
    const place = Math.round((at - grid.startMs) / (grid.stepSeconds * 1000));
    column[place] = (column[place] || 0) + (values[index] ?? Number.NaN);
  });
  pods.set(key, { ...pod, [field]: column, isVllm: pod.isVllm || what === "requests" });
}
