import type { MetricFamily, Sample } from "./prometheus-text.ts";

/** What is worth keeping of Karpenter's metrics. Its prices and offerings are a series for each type and zone. */
const kept =
  /^karpenter_(build_info|nodeclaims_(created|terminated|disrupted)_total|nodeclaims_termination_duration_seconds|nodepools_(usage|limit|cost_total)|pods_startup_duration_seconds|pods_provisioning_\w+|scheduler_(queue_depth|scheduling_duration_seconds|unschedulable_pods_count)|consolidation_score|cloudprovider_instance_launch_failures_total)$/;

/** Labels with few values; names of pods and nodes are not among them. */
const keptLabels = new Set(
  "nodepool reason capacity_type zone resource_type policy decision termination_mode version quantile le".split(" "),
);

/** The kept families of all replicas' metrics as one: only the one that leads counts, and another may have led before. */
export function karpenterFamilies(replicas: readonly (readonly MetricFamily[])[]): readonly MetricFamily[] {
  const families = new Map<string, MetricFamily>();
  for (const family of replicas.flat()) {
    if (!kept.test(family.name)) continue;
    const before = families.get(family.name)?.samples ?? [];
    families.set(family.name, { ...family, samples: merged(family.type, [...before, ...family.samples]) });
  }
  return [...families.values()];
}

/** Series that are the same without their other labels become one: counts add up, of gauges and quantiles the most. */
function merged(type: string, samples: readonly Sample[]): readonly Sample[] {
  const series = new Map<string, Sample>();
  for (const { name, labels: all, value } of samples) {
    const labels = Object.fromEntries(Object.entries(all).filter(([label]) => keptLabels.has(label)));
    const key = JSON.stringify([name, Object.entries(labels).sort()]);
    const before = series.get(key)?.value;
    series.set(key, { name, labels, value: before === undefined ? value : together(type, labels, [before, value]) });
  }
  return [...series.values()];
}

function together(type: string, labels: Sample["labels"], [a, b]: readonly [number, number]): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) ? b : a;
  return type === "gauge" || labels["quantile"] !== undefined ? Math.max(a, b) : a + b;
}
