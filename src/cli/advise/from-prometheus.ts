import { instanceTypes } from "../../catalog/instance-types.ts";
import { onDemandPrice } from "../../catalog/prices.ts";
import type { Grid } from "../../cluster/prometheus-gpus.ts";
import { type PrometheusServer, shownUrl } from "../../cluster/prometheus-request.ts";
import { measuredWorkloads } from "../../cluster/prometheus-workloads.ts";
import { timestamp } from "../../kernel/clock.ts";
import { count } from "../../kernel/text.ts";
import type { WorkloadUsage } from "../../trace/utilization.ts";
import { type Advice, type AdviceItem, adviceOf, perMonth } from "./advice.ts";
import { workloadItems } from "./workload-items.ts";

export interface PrometheusAdviceOptions {
  readonly nowMs: number;
  readonly sinceSeconds: number;
  readonly region: string;
}

/** A week at a minute; a longer time is asked for more coarsely. */
const mostPlaces = 10_080;

export async function adviceFromPrometheus(
  server: PrometheusServer,
  options: PrometheusAdviceOptions,
): Promise<Advice> {
  const { nowMs, sinceSeconds, region } = options;
  const stepSeconds = 60 * Math.max(1, Math.ceil(sinceSeconds / 60 / mostPlaces));
  const endMs = Math.floor(nowMs / 60_000) * 60_000;
  const grid: Grid = { startMs: endMs - sinceSeconds * 1000, endMs, stepSeconds };
  const { workloads, unassigned, found, missing } = await measuredWorkloads(server, grid);
  const hours = sinceSeconds / 3600;
  const priced = workloads.map((usage) => ({ ...usage, ...priceOf(usage, region) }));
  const free = unassigned.map((each) => ({ ...each, usdPerHour: gpuUsdPerHour(each.gpu, region) }));
  const gpuHours = priced.map((usage) => (usage.devices.length * usage.samples * usage.stepSeconds) / 3600);
  const usd = priced.map(
    ({ usdPerHour = 0, devices }, index) => ((gpuHours[index] ?? 0) * usdPerHour) / devices.length,
  );
  const freeHours = free.reduce((sum, each) => sum + each.gpuHours, 0);
  const freeUsd = free.reduce((sum, each) => sum + each.gpuHours * (each.usdPerHour ?? 0), 0);
  return adviceOf({
    source: { kind: "prometheus", name: shownUrl(server.url), from: timestamp(grid.startMs), hours },
    looked: [
      `${count(workloads.length, "pod")} with ${count(sum(workloads.map(({ devices }) => devices.length)), "GPU")}, every ${stepSeconds} s for ${hours < 48 ? `${round(hours)} h` : `${round(hours / 24)} days`}`,
      `metrics: ${found.join(", ")}`,
    ],
    held: { gpuHours: sum(gpuHours) + freeHours, usd: sum(usd) + freeUsd },
    items: [
      ...runsOf(priced).flatMap(({ usage, earlierMemoryPeaks }) =>
        workloadItems(usage, { region, earlierMemoryPeaks }),
      ),
      ...free.map((each) => freeItem(each, hours)),
    ],
    notes: notesOf(priced, { missing, region }),
  });
}

/** Each pod with how much memory the runs before it had in use: pods of one owner are called alike but for their ends. */
function runsOf(usages: readonly WorkloadUsage[]) {
  const peaks = new Map<string, number[]>();
  return [...usages]
    .sort((a, b) => a.startMs - b.startMs)
    .map((usage) => {
      const owner = usage.name.replace(/(-[0-9a-f]{8,10})?-[a-z0-9]{5}$|-\d+$/, "");
      const earlierMemoryPeaks = [...(peaks.get(owner) ?? [])];
      peaks.set(owner, [...earlierMemoryPeaks, memoryPeakOf(usage)]);
      return { usage, earlierMemoryPeaks };
    });
}

/** As a share of the GPU's; all of it where it was not measured. */
function memoryPeakOf({ devices }: WorkloadUsage): number {
  const peaks = devices.map(({ memoryUsedMib, memoryTotalMib }) => {
    const measured = memoryUsedMib.filter((mib) => mib > 0);
    return measured.reduce((most, mib) => Math.max(most, mib), 0) / memoryTotalMib || 1;
  });
  return Math.max(...peaks);
}

function freeItem(
  { host, gpu, gpuHours, usdPerHour }: { host: string; gpu: string; gpuHours: number; usdPerHour: number | undefined },
  hours: number,
): AdviceItem {
  const usd = usdPerHour === undefined ? null : gpuHours * usdPerHour;
  return {
    cause: "no-pod",
    subject: host || "a node without a name",
    user: null,
    gpuHours,
    usd,
    usdPerMonth: perMonth(usd, hours),
    confidence: 0.99,
    evidence: `${gpu || "GPUs"} of this node were measured for ${round(gpuHours)} GPU-hours while no pod had them.`,
    change: "let the node go sooner when it is empty, or put pods on it that ask for fewer GPUs",
    paste: `kubectl get pods -A --field-selector spec.nodeName=${/^[\w.-]+$/.test(host) ? host : "NODE"}`,
  };
}

/** Prometheus knows no prices: the cheapest way to have such a GPU on demand is what it costs at least. */
function priceOf({ gpu, devices }: WorkloadUsage, region: string): { readonly usdPerHour?: number } {
  const usdPerHour = gpu === undefined ? undefined : gpuUsdPerHour(gpu, region, devices[0]?.memoryTotalMib);
  return usdPerHour === undefined ? {} : { usdPerHour: usdPerHour * devices.length };
}

function gpuUsdPerHour(gpu: string, region: string, memoryMib?: number): number | undefined {
  const all = instanceTypes().flatMap((type) => {
    const price = type.gpu?.name === gpu ? onDemandPrice(region, type) : undefined;
    if (type.gpu === undefined || price === undefined) return [];
    return [{ usd: price.usdPerHour / type.gpu.count, distance: Math.abs(type.gpu.memoryMib - (memoryMib ?? 0)) }];
  });
  // of one name with more and less memory the one that is nearer
  const nearest = Math.min(...all.map(({ distance }) => distance));
  const prices = all.filter(({ distance }) => memoryMib === undefined || distance === nearest).map(({ usd }) => usd);
  return prices.length === 0 ? undefined : Math.min(...prices);
}

function notesOf(
  workloads: readonly WorkloadUsage[],
  { missing, region }: { missing: readonly string[]; region: string },
): string[] {
  const unpriced = workloads.filter(({ usdPerHour }) => usdPerHour === undefined).length;
  return [
    `prices: the cheapest on-demand instance with such a GPU in ${region}, from the catalog`,
    ...(unpriced > 0 ? [`${count(unpriced, "pod")} with GPUs that the catalog does not price`] : []),
    ...(missing.length > 0 ? [`not measured: ${missing.join(", ")}; what is not measured counts as work`] : []),
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
