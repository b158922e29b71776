import { humanUsd } from "../../kernel/text.ts";
import type { CostPoint, TimelineModel } from "../../timeline/model-types.ts";
import { html, type Markup } from "../markup.ts";
import { offsetText } from "../words.ts";
import { amountTicks, type TimeAxis, tickPlacement, timeAxis } from "./axis.ts";

const height = 220;
/** Kept free above the highest mark, for its text. */
const headroom = 14;
/** The curves are drawn in a box of this size and stretched: their outline keeps its width. */
const box = 1000;

/**
 * What had been spent by when: charges and nodes as areas on one another, the same nodes on demand and the largest
 * fleet from the first moment on as lines. The time axis is the one of AWS.
 */
export function costChart(model: TimelineModel): Markup | undefined {
  const { cost, compare } = model;
  const [first, last] = [cost[0], cost.at(-1)];
  if (first === undefined || last === undefined || last.at === first.at) return undefined;
  const totals = totalsOf(model);
  const axis = timeAxis(first.at, last.at, 8);
  const alwaysOn = (compare.alwaysOnUsdPerHour * (last.at - first.at)) / 3_600_000;
  const amounts = amountTicks(Math.max(alwaysOn, ...cost.map(onDemand)), 4);
  const top = amounts.at(-1) ?? 1;
  const y = (usd: number) => (pixel(usd, top) / height) * box;
  const line = (of: (point: CostPoint) => number) =>
    linePath(cost, (point) => [axis.percent(point.at) * 10, y(of(point))]);
  return html`<div class="chart" role="img" aria-label="${description(totals, alwaysOn)}">
<svg width="100%" height="${height + 24}">
<g class="grid">${amounts.map((usd) => html`<line x1="0" x2="100%" y1="${pixel(usd, top)}" y2="${pixel(usd, top)}"/>`)}</g>
<svg viewBox="0 0 ${box} ${box}" preserveAspectRatio="none" x="0" y="0" width="100%" height="${height}" class="curves">
<path class="area charges" d="${area(line(chargesOnly), "")}"><title>environment: ${humanUsd(totals.charges)}</title></path>
<path class="area nodes" d="${area(line(spent), line(chargesOnly))}"><title>nodes: ${humanUsd(totals.nodes)}</title></path>
<path class="line spent" d="M${line(spent)}"/>
<path class="line on-demand" d="M${line(onDemand)}"><title>on demand: ${humanUsd(totals.onDemand)}</title></path>
<path class="line always-on" d="M0 ${box} L${box} ${y(alwaysOn).toFixed(1)}"><title>always on: ${humanUsd(alwaysOn)}</title></path>
</svg>
${amounts.slice(1).map((usd) => html`<text class="tick" x="0" y="${pixel(usd, top) - 4}">${amountText(usd)}</text>`)}
${timeTicks(axis)}
</svg></div>
${legend(totals, alwaysOn)}`;
}

const chargesOnly = (point: CostPoint) => point.chargesUsd;
const spent = (point: CostPoint) => point.chargesUsd + point.nodesUsd;
const onDemand = (point: CostPoint) => point.chargesUsd + point.onDemandUsd;

function pixel(usd: number, top: number): number {
  return Math.round((height - (usd / top) * (height - headroom)) * 10) / 10;
}

function amountText(usd: number): string {
  return `$${Number(usd.toPrecision(3))}`;
}

function linePath(points: readonly CostPoint[], place: (point: CostPoint) => readonly [number, number]): string {
  return points
    .map((point) =>
      place(point)
        .map((value) => Number(value.toFixed(1)))
        .join(" "),
    )
    .join(" L");
}

/** Between an upper line and a lower one; the lower one is the ground when it is empty. */
function area(upper: string, lower: string): string {
  const back = lower === "" ? `${box} ${box} L0 ${box}` : lower.split(" L").reverse().join(" L");
  return `M${upper} L${back} Z`;
}

function timeTicks(axis: TimeAxis): Markup[] {
  return axis.ticks.map((tick, index) => {
    const place = tickPlacement(axis, tick, index);
    return html`<line class="stroke" x1="${place.x}" x2="${place.x}" y1="${height}" y2="${height + 5}"/><text class="${place.class}" x="${place.x}" y="${height + 16}" text-anchor="${place.anchor}">${offsetText(tick - axis.origin)}</text>`;
  });
}

interface Totals {
  readonly nodes: number;
  readonly charges: number;
  readonly spent: number;
  readonly onDemand: number;
}

/** The sums of the table, to the last digit: the curves' ends are not rounded part by part. */
function totalsOf({ nodes, charges, usd, compare }: TimelineModel): Totals {
  const sum = (parts: readonly { readonly usd: number }[]) => parts.reduce((total, part) => total + part.usd, 0);
  return { nodes: sum(nodes), charges: sum(charges), spent: usd, onDemand: compare.onDemandUsd };
}

function description(totals: Totals, alwaysOn: number): string {
  return `Cost over time: ${humanUsd(totals.spent)} at the end, ${humanUsd(totals.onDemand)} with every node on demand, ${humanUsd(alwaysOn)} with the largest fleet from the first moment on`;
}

function legend(totals: Totals, alwaysOn: number): Markup {
  const items: readonly (readonly [string, string, number])[] = [
    ["nodes", "nodes, as bought", totals.nodes],
    ["charges", "environment: control plane and the like", totals.charges],
    ["on-demand", "both, nodes on demand", totals.onDemand],
    ["always-on", "both, largest fleet from the start", alwaysOn],
  ];
  return html`<ul class="legend">${items.map(([key, text, usd]) => html`<li><i class="key ${key}"></i>${text} <b>${humanUsd(usd)}</b></li>`)}</ul>`;
}
