import { instanceType, instanceTypes } from "../../catalog/instance-types.ts";
import { onDemandPrice, spotPrice } from "../../catalog/prices.ts";
import { count, humanDuration, humanUsd } from "../../kernel/text.ts";
import type { NodeModel, PodModel, Span, TimelineModel } from "../../timeline/model-types.ts";
import { grouped } from "../../timeline/order.ts";
import { type AdviceItem, perMonth } from "./advice.ts";

const hourMs = 3_600_000;
/** What an idle node is let be: a minute is no waste, and the least that EC2 bills. */
const leastIdleMs = 60_000;
/** Asking for less than this share of a node's GPUs wastes the rest. */
const leastUnused = 0.05;

/**
 * What nodes wasted for want of pods: idle between them, held after the last, GPUs nobody asked for, on demand without need. What is
 * wasted in one way does not count in another; `told` is what workloads waste, in dollars by pool.
 */
export function nodeItems(model: TimelineModel, told: ReadonlyMap<string, number>): readonly AdviceItem[] {
  const used = model.nodes.flatMap((node) => useOf(node, model) ?? []);
  const hours = (model.span.to - model.span.from) / hourMs;
  return [...grouped(used, ({ node }) => node.pool ?? "")].flatMap(([pool, own]) => {
    const facts = { pool, hours, region: model.run?.region ?? "us-east-1", told: told.get(pool) ?? 0 };
    return [
      idleItem(own, "idle-node", facts),
      idleItem(own, "held-after-last", facts),
      unusedItem(own, facts),
      onDemandItem(own, facts),
    ].flatMap((item) => item ?? []);
  });
}

interface NodeUse {
  readonly node: NodeModel;
  /** While no pod ran on it, from when it was ready on. */
  readonly idleMs: number;
  /** Of that, after the last pod had ended. */
  readonly afterMs: number;
  /** GPUs that no pod had asked for while one ran, times hours. */
  readonly unusedGpuHours: number;
  /** The most that one pod on it asked for. */
  readonly mostGpus: number;
}

interface PoolFacts {
  readonly told: number;
  readonly pool: string;
  readonly hours: number;
  readonly region: string;
}

function useOf(node: NodeModel, model: TimelineModel): NodeUse | undefined {
  const { billed } = node;
  if (billed === undefined) return undefined;
  const from = node.at.ready ?? billed.to;
  const to = node.at.gone ?? billed.to;
  const pods = model.pods.filter((pod) => pod.node === node.name && pod.at.running !== undefined);
  const spans = pods
    .map((pod) => ({ from: pod.at.running ?? to, to: pod.endAt ?? model.span.to }))
    .sort((a, b) => a.from - b.from);
  const busyMs = unionMs(spans, { from, to });
  const last = Math.max(from, ...spans.map((span) => Math.min(span.to, to)));
  return {
    node,
    idleMs: Math.max(0, to - from - busyMs),
    afterMs: spans.length === 0 ? 0 : Math.max(0, to - last),
    mostGpus: Math.max(0, ...pods.map(({ requests }) => requests.gpus)),
    unusedGpuHours:
      node.gpus === 0 ? 0 : Math.max(0, (node.gpus * busyMs - askedMs(pods, { from, to }, model)) / hourMs),
  };
}

function unionMs(spans: readonly Span[], within: Span): number {
  let [busy, until] = [0, within.from];
  for (const { from, to } of spans) {
    const end = Math.min(to, within.to);
    busy += Math.max(0, end - Math.max(from, until));
    until = Math.max(until, end);
  }
  return busy;
}

/** GPUs asked for, times milliseconds. */
function askedMs(pods: readonly PodModel[], within: Span, { span }: TimelineModel): number {
  return pods.reduce((sum, { at, endAt = span.to, requests }) => {
    const ms = Math.min(endAt, within.to) - Math.max(at.running ?? within.to, within.from);
    return sum + requests.gpus * Math.max(0, ms);
  }, 0);
}

function idleItem(
  uses: readonly NodeUse[],
  cause: "idle-node" | "held-after-last",
  facts: PoolFacts,
): AdviceItem | undefined {
  const msOf = (use: NodeUse) => (cause === "idle-node" ? use.idleMs - use.afterMs : use.afterMs);
  const idle = uses.filter((use) => msOf(use) > leastIdleMs);
  if (idle.length === 0) return undefined;
  const ms = idle.reduce((sum, use) => sum + msOf(use), 0);
  const usd = idle.every(({ node }) => node.priced)
    ? idle.reduce((sum, use) => sum + (msOf(use) / hourMs) * use.node.usdPerHour, 0)
    : null;
  const when = cause === "idle-node" ? "were ready and ran no pod" : "stayed after the last pod had ended";
  return {
    cause,
    subject: poolText(facts.pool),
    user: null,
    gpuHours: idle.reduce((sum, use) => sum + (msOf(use) / hourMs) * use.node.gpus, 0),
    usd,
    usdPerMonth: perMonth(usd, facts.hours),
    confidence: 0.99,
    evidence: `${count(idle.length, "node")} of ${uses.length} ${when}, ${humanDuration(ms)} in all.`,
    change:
      cause === "idle-node"
        ? "submit jobs closer together, or let nodes go sooner and launch them anew"
        : "let nodes go sooner when they are empty, or end the run with aura down",
    paste: facts.pool === "" ? null : `pools: { ${facts.pool}: { hold: 30s } }   # aura.yaml`,
  };
}

function unusedItem(uses: readonly NodeUse[], facts: PoolFacts): AdviceItem | undefined {
  const wasting = uses.filter(
    ({ node, unusedGpuHours }) => unusedGpuHours > leastUnused * node.gpus * (node.busy || 0),
  );
  const gpuHours = wasting.reduce((sum, use) => sum + use.unusedGpuHours, 0);
  if (wasting.length === 0 || gpuHours === 0) return undefined;
  const usd = wasting.every(({ node }) => node.priced)
    ? wasting.reduce((sum, { node, unusedGpuHours }) => sum + (unusedGpuHours * node.usdPerHour) / node.gpus, 0)
    : null;
  const types = [...new Set(wasting.map(({ node }) => `${node.instanceType} (${count(node.gpus, "GPU")})`))];
  return {
    cause: "unused-gpus",
    subject: poolText(facts.pool),
    user: null,
    gpuHours,
    usd,
    usdPerMonth: perMonth(usd, facts.hours),
    confidence: 0.99,
    evidence: `${types.join(", ")}: while pods ran, others of the GPUs were asked for by nobody.`,
    change: `run jobs that ask for fewer GPUs side by side, or allow nodes with fewer GPUs${smallerType(wasting, facts.region)}`,
    paste: null,
  };
}

/** The cheapest type with the same GPU and enough of them for any of the pods. */
function smallerType(uses: readonly NodeUse[], region: string): string {
  const most = Math.max(1, ...uses.map(({ mostGpus }) => mostGpus));
  const types = instanceTypes().flatMap((type) => {
    const price = onDemandPrice(region, type);
    const isEnough = uses.every(({ node }) => type.gpu?.name === node.gpu && node.gpus > (type.gpu?.count ?? 0));
    return isEnough && price !== undefined && (type.gpu?.count ?? 0) >= most ? [{ type, usd: price.usdPerHour }] : [];
  });
  const [cheapest] = types.sort((a, b) => a.usd - b.usd);
  if (cheapest === undefined) return "";
  const { type, usd } = cheapest;
  return `: ${type.name} has ${count(type.gpu?.count ?? 0, "GPU")} for ${humanUsd(usd)} an hour on demand`;
}

function onDemandItem(uses: readonly NodeUse[], { pool, hours, region, told }: PoolFacts): AdviceItem | undefined {
  const bought = uses.flatMap(({ node, idleMs, unusedGpuHours }) => {
    const type = instanceType(node.instanceType);
    const spot = type === undefined ? undefined : spotPrice(region, type);
    if (node.capacityType !== "on-demand" || !node.priced || spot === undefined || node.billed === undefined) return [];
    const share = node.usdPerHour > 0 ? Math.max(0, 1 - spot.usdPerHour / node.usdPerHour) : 0;
    const usedHours = Math.max(0, node.billed.to - node.billed.from - idleMs) / hourMs;
    const unusedHours = node.gpus === 0 ? 0 : unusedGpuHours / node.gpus;
    const usefulUsd = Math.max(0, usedHours - unusedHours) * node.usdPerHour;
    return [{ share, usedHours, usefulUsd, band: spot.interruptionBand, type: node.instanceType }];
  });
  const useful = bought.reduce((sum, each) => sum + each.usefulUsd, 0);
  const saved = bought.reduce((sum, each) => sum + each.usefulUsd * each.share, 0);
  if (saved === 0) return undefined;
  const usd = saved * Math.max(0, 1 - told / useful);
  const usedHours = bought.reduce((sum, each) => sum + each.usedHours, 0);
  const worst = Math.max(...bought.map(({ band }) => band));
  const types = [...new Set(bought.map(({ type }) => type))].join(", ");
  return {
    cause: "on-demand",
    subject: poolText(pool),
    user: null,
    gpuHours: 0,
    usd,
    usdPerMonth: perMonth(usd, hours),
    confidence: uninterrupted(worst, usedHours / bought.length),
    evidence: `${types} on demand for ${humanDuration(usedHours * hourMs)}; spot costs ${Math.round((100 * saved) / useful)} % less by the catalog's estimate, and ${bandText(worst)} of instances are interrupted in a month.`,
    change: "let the pool take spot first; jobs of hours should write checkpoints",
    paste: pool === "" ? null : `pools: { ${pool}: { capacityTypes: [spot, on-demand] } }   # aura.yaml`,
  };
}

/** That a node of a band lives so many hours, from the upper end of the band as a monthly rate. */
function uninterrupted(band: number, hours: number): number {
  return (1 - (bandEnds[band] ?? 0.3)) ** (hours / 730);
}

const bandEnds = [0.05, 0.1, 0.15, 0.2, 0.3];

function bandText(band: number): string {
  return ["under 5 %", "5 to 10 %", "10 to 15 %", "15 to 20 %"][band] ?? "over 20 %";
}

function poolText(pool: string): string {
  return pool === "" ? "nodes without a pool" : `pool ${pool}`;
}
