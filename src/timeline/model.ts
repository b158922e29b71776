import { chargeModels } from "./charges.ts";
import { compared, costSeries } from "./cost.ts";
import type { TimelineEntry } from "./entries.ts";
import { jobModels } from "./jobs.ts";
import type { ChargeModel, NodeModel, PodModel, TimelineModel } from "./model-types.ts";
import { nodeModels } from "./nodes.ts";
import { grouped, inOrder, only, roundUsd } from "./order.ts";
import { expectedTime, phaseModels } from "./phases.ts";
import { podModels } from "./pods.ts";
import { resourceModels } from "./resources.ts";
import { usageModels } from "./usage.ts";
import { waitModels } from "./waits.ts";

/** Reads a timeline as a whole. Pure; entries may come twice and in any order. */
export function timelineModel(entries: readonly TimelineEntry[]): TimelineModel {
  const ordered = inOrder(entries);
  const span = { from: ordered[0]?.at ?? 0, to: ordered.at(-1)?.at ?? 0 };
  const phases = phaseModels(ordered, span.to);
  const expected = expectedTime(phases, ordered);
  const bare = podModels(ordered);
  const nodes = nodeModels(ordered, bare, span.to);
  const pods = withNodeNames(bare, nodes);
  const charges = chargeModels(ordered, expected, span.to);
  const [run] = only(ordered, "run");
  const leftovers = only(ordered, "leftovers").at(-1);
  const money = { nodes, charges, expected };
  return {
    ...(run && { run }),
    span,
    seconds: wallSeconds(ordered),
    awsSeconds: (expected(span.to) - expected(span.from)) / 1000,
    phases,
    resources: resourceModels(ordered),
    jobs: jobModels(ordered, pods, nodes, span.to),
    pods,
    nodes,
    charges,
    prices: only(ordered, "prices").at(-1)?.sources ?? [],
    waits: waitModels(ordered, pods, span.to),
    usage: usageModels(ordered),
    events: distinct(only(ordered, "event"), ({ at, wall: _, ...content }) => JSON.stringify([at, content])),
    logs: distinct(only(ordered, "log"), ({ path }) => path),
    outputs: distinct(only(ordered, "output"), ({ path }) => path),
    metrics: distinct(only(ordered, "metrics"), ({ source }) => source),
    ...(leftovers && { leftovers }),
    usd: totalUsd(nodes, charges),
    compare: compared(money),
    cost: costSeries(money),
  };
}

/**
 * What a run has cost by `nowMs` of the cluster's time (by its last entry, if that is later or absent): as
 * `timelineModel(entries).usd`, but cheap enough to ask ten times a second.
 */
export function spentUsd(entries: readonly TimelineEntry[], nowMs = Number.NEGATIVE_INFINITY): number {
  const to = entries.reduce((latest, { at }) => Math.max(latest, at), nowMs);
  const wanted = new Set(["node", "charge", "phase", "estimate"]);
  const ordered = inOrder(entries.filter(({ type }) => wanted.has(type)));
  const expected = expectedTime(phaseModels(ordered, to), ordered);
  return totalUsd(nodeModels(ordered, [], to), chargeModels(ordered, expected, to));
}

function totalUsd(nodes: readonly NodeModel[], charges: readonly ChargeModel[]): number {
  return roundUsd([...nodes, ...charges].reduce((total, { usd }) => total + usd, 0));
}

function wallSeconds(entries: readonly TimelineEntry[]): number {
  const walls = entries.map(({ wall }) => wall);
  return walls.length === 0
    ? 0
    : (walls.reduce((a, b) => Math.max(a, b)) - walls.reduce((a, b) => Math.min(a, b))) / 1000;
}

function withNodeNames(pods: readonly PodModel[], nodes: readonly NodeModel[]): PodModel[] {
  const names = new Map(nodes.map(({ name, nodeName = name }) => [nodeName, name]));
  return pods.map((pod) => (pod.node === undefined ? pod : { ...pod, node: names.get(pod.node) ?? pod.node }));
}

/** One entry for each key, the last: what is collected later is more complete. */
function distinct<T>(entries: readonly T[], key: (entry: T) => string): T[] {
  return [...grouped(entries, key).values()].flatMap((group) => group.at(-1) ?? []);
}
