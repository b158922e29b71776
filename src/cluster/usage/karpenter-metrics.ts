import { join } from "node:path";

import type { Clock } from "../../kernel/clock.ts";
import { writeAtomic } from "../../kernel/files.ts";
import type { MetricsCollected } from "../../timeline/entries.ts";
import { grouped } from "../../timeline/order.ts";
import type { ClusterApi } from "../api.ts";
import { bounded } from "./bounded.ts";
import { karpenterFamilies } from "./karpenter-families.ts";
import { pageOf, runningPodsBy } from "./pods-by.ts";
import { type MetricFamily, metricsText, parseMetrics } from "./prometheus-text.ts";

type Collected = Omit<MetricsCollected, "type">;

const path = "metrics/karpenter.prom";
const longestMs = 20_000;

/**
 * Saves what Karpenter measured of itself in `directory`, a report's folder, and gives the figures worth reading. Empty
 * where there is no Karpenter, or it may not be asked. Waits 20 s at most; rejects where the API does, or the disk.
 */
export async function karpenterMetrics(
  api: ClusterApi,
  directory: string,
  clock: Clock,
): Promise<readonly Collected[]> {
  const replicas = await bounded(clock, longestMs, (signal) => scrape(api, signal));
  const families = karpenterFamilies(replicas.map(parseMetrics));
  if (families.length === 0) return [];
  const text = metricsText(families);
  await writeAtomic(join(directory, path), text);
  return [{ source: "Karpenter", path, bytes: Buffer.byteLength(text), figures: karpenterFigures(families) }];
}

/** One replica that does not answer takes nothing from the others. */
async function scrape(api: ClusterApi, signal: AbortSignal): Promise<readonly string[]> {
  const pods = await runningPodsBy(api, "app.kubernetes.io/name", ["karpenter"], signal);
  const port = { name: "http-metrics", fallback: 8080 };
  const pages = await Promise.allSettled(pods.map((pod) => pageOf(api, pod, port, signal)));
  return pages.flatMap((page) => (page.status === "fulfilled" ? page.value : []));
}

/** NodeClaims made and gone, how long pods took to start, and why launches failed. */
export function karpenterFigures(families: readonly MetricFamily[]): Collected["figures"] {
  const samples = (name: string) => families.find((family) => family.name === `karpenter_${name}`)?.samples ?? [];
  const counted = (what: string, name: string) =>
    samples(name).length === 0 ? [] : [{ name: what, value: sum(samples(name)) }];
  const reasons = (what: string, name: string) =>
    [...grouped(samples(name), ({ labels }) => labels["reason"] ?? "unknown")].map(([reason, own]) => {
      return { name: `${what}: ${reason}`, value: sum(own) };
    });
  return [
    ...counted("NodeClaims created", "nodeclaims_created_total"),
    ...counted("NodeClaims terminated", "nodeclaims_terminated_total"),
    ...reasons("NodeClaims disrupted", "nodeclaims_disrupted_total"),
    ...startup(samples("pods_startup_duration_seconds")),
    ...reasons("launches failed", "cloudprovider_instance_launch_failures_total"),
  ];
}

const quantiles: Readonly<Record<string, string>> = { 0.5: "median", 0.9: "nine of ten within", 1: "longest" };

/** A summary forgets its quantiles after ten minutes (they are NaN then), never its mean. */
function startup(samples: MetricFamily["samples"]): Collected["figures"] {
  const value = (suffix: string) => samples.find(({ name }) => name.endsWith(suffix))?.value;
  const [total, count] = [value("_sum") ?? 0, value("_count") ?? 0];
  if (count === 0) return [];
  const found = samples.flatMap(({ labels, value: seconds }) => {
    const name = quantiles[labels["quantile"] ?? ""];
    return name === undefined || !Number.isFinite(seconds)
      ? []
      : { name: `pod startup, ${name}`, value: seconds, unit: "s" };
  });
  return [{ name: "pod startup, mean", value: total / count, unit: "s" }, ...found];
}

function sum(samples: MetricFamily["samples"]): number {
  return samples.reduce((total, { value }) => total + value, 0);
}
