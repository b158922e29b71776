import type { TimelineEntry } from "./entries.ts";
import type { NodeModel, PodModel, Span } from "./model-types.ts";
import { type EntryOf, firstTimes, grouped, latest, only, roundUsd } from "./order.ts";

/**
 * EC2 charges for a launch at least a minute and by the second thereafter.
 * Source: Amazon EC2 API Reference, StartInstances ("a one-minute minimum", "thereafter charges per second").
 */
export const leastBilledSeconds = 60;

/**
 * Every node that was ever asked for, in the order they were. A node is billed from Launched, which is a little early
 * (EC2 bills from `running`), until it is gone. That EC2 waives a spot instance it takes back within its first hour is
 * left out: a bill may be lower, never higher.
 */
export function nodeModels(ordered: readonly TimelineEntry[], pods: readonly PodModel[], lastAt: number): NodeModel[] {
  const podsByNode = grouped(pods, ({ node = "" }) => node);
  return [...grouped(only(ordered, "node"), ({ name }) => name)].map(([name, entries]) => {
    const nodeName = latest(entries, "node");
    const mine = podsByNode.get(nodeName ?? name) ?? [];
    return { ...identity(name, entries), ...billing(entries, mine, lastAt), pods: mine.map((pod) => pod.name) };
  });
}

function identity(name: string, entries: readonly EntryOf<"node">[]) {
  const nodeName = latest(entries, "node");
  const pool = latest(entries, "pool");
  const gpu = latest(entries, "gpu");
  const reason = latest(entries, "reason");
  return {
    name,
    ...(nodeName !== undefined && { nodeName }),
    ...(pool !== undefined && { pool }),
    instanceType: latest(entries, "instanceType") ?? "",
    capacityType: latest(entries, "capacityType") ?? ("on-demand" as const),
    zone: latest(entries, "zone") ?? "",
    gpus: latest(entries, "gpus") ?? 0,
    ...(gpu !== undefined && { gpu }),
    ...(reason !== undefined && { reason }),
  };
}

function billing(entries: readonly EntryOf<"node">[], pods: readonly PodModel[], lastAt: number) {
  const at = firstTimes(entries);
  const price = latest(entries, "usdPerHour");
  const usdPerHour = price ?? 0;
  const onDemandUsdPerHour = latest(entries, "onDemandUsdPerHour") ?? usdPerHour;
  const from = at.launched ?? at.registered ?? at.ready;
  const to = at.gone ?? lastAt;
  const billed = from === undefined ? undefined : { from, to: Math.max(to, from + leastBilledSeconds * 1000) };
  const hours = billed === undefined ? 0 : (billed.to - billed.from) / 3_600_000;
  return {
    at,
    usdPerHour,
    onDemandUsdPerHour,
    priced: price !== undefined,
    priceEstimated: latest(entries, "priceEstimated") ?? false,
    ...(billed && { billed }),
    open: billed !== undefined && at.gone === undefined,
    usd: roundUsd(hours * usdPerHour),
    onDemandUsd: roundUsd(hours * onDemandUsdPerHour),
    busy: billed === undefined ? 0 : busyShare(pods, billed, lastAt),
  };
}

/** The share of a span in which at least one pod was running. */
function busyShare(pods: readonly PodModel[], span: Span, lastAt: number): number {
  const runs = pods
    .flatMap(({ at, endAt = lastAt }) => (at.running === undefined ? [] : { from: at.running, to: endAt }))
    .sort((a, b) => a.from - b.from);
  let busy = 0;
  let until = span.from;
  for (const { from, to } of runs) {
    const end = Math.min(to, span.to);
    busy += Math.max(0, end - Math.max(from, until));
    until = Math.max(until, end);
  }
  return busy / (span.to - span.from);
}
