import type { NodeModel, PodModel, Span, TimelineModel } from "../../timeline/model-types.ts";
import { grouped } from "../../timeline/order.ts";
import { html, type Markup } from "../markup.ts";
import { offsetText, secondsText } from "../words.ts";
import { percent, type TimeAxis, tickPlacement, timeAxis } from "./axis.ts";

interface Bar extends Span {
  /** Names the state and, as a class, its colour. */
  readonly state: string;
}

const barHeight = 14;
const rowHeight = 22;

/**
 * Nodes with the pods that ran on them, one row each, then the pods that never got a node. Every row is a small SVG
 * as wide as it is given, in per cent: the text keeps its size on a narrow screen.
 */
export function ganttChart(model: TimelineModel): Markup {
  const window = chartWindow(model);
  const axis = timeAxis(window.from, window.to, 8, model.span.from);
  const byNode = grouped(model.pods, ({ node = "" }) => node);
  const known = new Set(model.nodes.map(({ name }) => name));
  const homeless = model.pods.filter(({ node = "" }) => !known.has(node));
  return html`<div class="gantt" role="img" aria-label="Pods and nodes over time; the table below says the same">
${phaseStrip(model, axis)}
${model.nodes.map((node) => [nodeRow(node, axis, model.span.to), (byNode.get(node.name) ?? []).map((pod) => podRow(pod, axis, model.span.to))])}
${homeless.map((pod) => podRow(pod, axis, model.span.to))}
${axisRow(axis)}
</div>`;
}

/** The time in which there were pods or nodes; deploy and destroy of the environment are not stretched out. */
function chartWindow({ pods, nodes, span }: TimelineModel): Span {
  const times = [...pods, ...nodes].flatMap(({ at }) => Object.values(at));
  if (times.length === 0) return span;
  const open = nodes.some((node) => node.open) || pods.some(({ end }) => end === undefined);
  const from = times.reduce((a, b) => Math.min(a, b));
  const to = open ? span.to : times.reduce((a, b) => Math.max(a, b));
  const margin = (to - from) * 0.01;
  return { from: from - margin, to: to + margin };
}

function phaseStrip({ phases }: TimelineModel, axis: TimeAxis): Markup {
  const bars = phases.flatMap(({ name, spans }) => spans.map((part) => ({ ...part, state: name })));
  const seen = bars.filter(({ from, to }) => to > axis.from && from < axis.to);
  return row({ label: html`<span class="quiet">phase</span>`, kind: "phase-row", axis }, [
    seen.map((bar) => {
      const [x, width] = place(bar, axis);
      return html`<svg x="${percent(x)}" y="0" width="${percent(width)}" height="${rowHeight}"><title>${barTitle(bar, axis.origin)}</title><rect class="phase" width="100%" height="${rowHeight - 3}" rx="2"/>${width > 6 && html`<text x="6" y="14">${bar.state}</text>`}</svg>`;
    }),
  ]);
}

function nodeRow(node: NodeModel, axis: TimeAxis, end: number): Markup {
  const offer = [node.instanceType, node.capacityType === "spot" && node.billed ? "spot" : ""]
    .filter(Boolean)
    .join(" ");
  const label = html`<span class="name">${node.name}</span> <span class="quiet">${offer || "never launched"}</span>`;
  return row({ label, kind: "node-row", axis, data: html` data-node="${node.name}"` }, [
    nodeBars(node, end).map((bar) => rect(bar, axis, { prefix: "node", y: 7, height: 8 })),
  ]);
}

function nodeBars({ at, open }: NodeModel, end: number): Bar[] {
  const gone = at.gone ?? (open ? end : undefined);
  return bars([
    ["requested", at.requested],
    ["starting", at.launched ?? at.registered],
    ["ready", at.ready],
    ["leaving", at.disrupted],
    ["", gone],
  ]);
}

function podRow(pod: PodModel, axis: TimeAxis, end: number): Markup {
  const label = html`<span class="name">${pod.name}</span>`;
  return row({ label, kind: "pod-row", axis, data: html` data-pod="${pod.name}"` }, [
    podBars(pod, end).map((bar) => rect(bar, axis, { prefix: "pod", y: 4, height: barHeight })),
    endMark(pod, axis),
  ]);
}

function podBars(pod: PodModel, end: number): Bar[] {
  const { created, scheduled, pulling, running } = pod.at;
  return bars([
    ["pending", created],
    ["starting", scheduled ?? pulling],
    [pod.end === "succeeded" || pod.end === undefined ? "running" : "running-failed", running],
    ["", pod.endAt ?? end],
  ]);
}

/** Each state lasts until the next that was seen. */
function bars(states: readonly (readonly [string, number | undefined])[]): Bar[] {
  const seen = states.flatMap(([state, from]) => (from === undefined ? [] : [{ state, from }]));
  return seen.flatMap(({ state, from }, index) => {
    const to = seen[index + 1]?.from;
    return to === undefined || state === "" ? [] : [{ state, from, to: Math.max(from, to) }];
  });
}

const marks = { succeeded: "✓", failed: "✕", gone: "✕" } as const;

function endMark(pod: PodModel, axis: TimeAxis): Markup | undefined {
  if (pod.end === undefined || pod.endAt === undefined) return undefined;
  const x = axis.percent(pod.endAt);
  const inside = x > 97;
  const why = [pod.end, pod.reason, pod.exitCode === undefined ? "" : `exit code ${pod.exitCode}`]
    .filter(Boolean)
    .join(", ");
  return html`<text class="mark ${pod.end}" x="${percent(x)}" dx="${inside ? -4 : 4}" y="15.5" text-anchor="${inside ? "end" : "start"}">${marks[pod.end]}<title>${why}</title></text>`;
}

function rect(bar: Bar, axis: TimeAxis, { prefix, y, height }: { prefix: string; y: number; height: number }): Markup {
  const [x, width] = place(bar, axis);
  return html`<rect class="${prefix} ${bar.state}" x="${percent(x)}" y="${y}" width="${percent(width)}" height="${height}"><title>${barTitle(bar, axis.origin)}</title></rect>`;
}

/** Left edge and width in per cent; what is too short to see is made just visible. */
function place({ from, to }: Span, axis: TimeAxis): [number, number] {
  const x = axis.percent(from);
  return [x, Math.min(100 - x, Math.max(0.3, axis.percent(to) - x))];
}

function barTitle({ state, from, to }: Bar, start: number): string {
  return `${state.replace("-failed", "")} ${offsetText(from - start)} to ${offsetText(to - start)} (${secondsText((to - from) / 1000)})`;
}

interface Row {
  readonly label: Markup;
  readonly kind: string;
  readonly axis: TimeAxis;
  readonly data?: Markup;
}

function row({ label, kind, axis, data }: Row, content: readonly (Markup | undefined | readonly Markup[])[]): Markup {
  const lines = axis.ticks.map((tick) => {
    const x = percent(axis.percent(tick));
    return html`<line x1="${x}" x2="${x}" y1="0" y2="100%"/>`;
  });
  return html`<div class="row ${kind}"${data}><div class="label">${label}</div><svg class="lane" width="100%" height="${rowHeight}"><g class="grid">${lines}</g>${content}</svg></div>
`;
}

function axisRow(axis: TimeAxis): Markup {
  const texts = axis.ticks.map((tick, index) => {
    const place = tickPlacement(axis, tick, index);
    return html`<text class="${place.class}" x="${place.x}" y="13" text-anchor="${place.anchor}">${offsetText(tick - axis.origin)}</text>`;
  });
  return html`<div class="row axis-row"><div class="label quiet">since the start</div><svg class="lane" width="100%" height="${rowHeight}">${texts}</svg></div>`;
}
