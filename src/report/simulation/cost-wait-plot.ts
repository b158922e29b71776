import { html, type Markup } from "../markup.ts";
import { grouped, hoursText, ratioText, spanText } from "./amounts.ts";
import { placeLabels } from "./labels.ts";
import { down, inside, type PlotAxis, place, plot } from "./plot.ts";
import type { PolicyRow } from "./results.ts";
import { linearScale, logScale } from "./scale.ts";

type Point = Pick<
  PolicyRow,
  "policy" | "kind" | "bestTimer" | "wasteSeconds" | "waitMeanSeconds" | "ratioToOptimum" | "lossSeconds"
>;

/** What wastes so many times more than the least would crowd the others. */
const widest = 40;

/** Policies that waste too much to be shown with the others. */
export function offThePlot(rows: readonly Point[]): readonly Point[] {
  const wasted = rows.map((row) => row.wasteSeconds).filter((seconds) => seconds > 0);
  return rows.filter((row) => row.wasteSeconds > widest * least(wasted));
}

/**
 * Every policy by what it wastes and how long jobs wait for it: further left and further down is better. The line joins
 * those that none beats on both.
 */
export function costWaitPlot(all: readonly Point[], style?: string): Markup {
  const off = new Set(offThePlot(all));
  const rows = all.filter((row) => !off.has(row));
  const waste = (row: Point) => row.wasteSeconds / 3600;
  const wasted = rows.map(waste).filter((hours) => hours > 0);
  const waits = rows.map(({ waitMeanSeconds }) => waitMeanSeconds);
  const unit = most(waits) > 120 ? 60 : 1;
  const x: PlotAxis = {
    scale: logScale(least(wasted), most(wasted), inside.width),
    title: "wasted GPU-hours: idle and booting (log)",
    text: (hours) => (hours < 10 ? String(hours) : grouped(hours)),
  };
  const y: PlotAxis = {
    scale: linearScale(least(waits) / unit, most(waits) / unit, inside.height),
    title: `mean wait of a job, in ${unit === 1 ? "seconds" : "minutes"}`,
    text: (value) => String(Number(value.toPrecision(6))),
  };
  const wait = (row: Point) => down(y, row.waitMeanSeconds / unit);
  const marks = [...rows]
    .sort((a, b) => importance(a) - importance(b) || a.lossSeconds - b.lossSeconds)
    .map((row) => ({ row, x: place(x, waste(row)), y: wait(row), text: row.policy }));
  const labels = placeLabels(marks, inside);
  const description = `Waste and waiting of ${rows.length} policies; the table below says the same`;
  return plot({ x, y, description, ...(style !== undefined && { style }) }, [
    front(rows.map((row) => ({ row, x: place(x, waste(row)), y: wait(row) }))),
    ...marks.map((mark, index) => {
      const { row } = mark;
      const label = labels[index];
      return html`<g class="mark ${toneOf(row)}"><title>${row.policy}: ratio ${ratioText(row.ratioToOptimum)}, ${hoursText(waste(row))} GPU-hours wasted, ${spanText(row.waitMeanSeconds)} mean wait</title>${shape(row, mark)}${label && html`<text x="${label.x}" y="${label.y}" text-anchor="${label.anchor}">${row.policy}</text>`}</g>
`;
    }),
  ]);
}

const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);

function importance({ policy, bestTimer, kind }: Point): number {
  if (policy === "aura") return 0;
  return bestTimer || policy === "clairvoyant" ? 1 : kind === "policy" ? 2 : 3;
}

function toneOf({ kind, bestTimer }: Point): string {
  return bestTimer ? "best" : kind === "policy" ? "aura" : kind;
}

/** Each kind has a shape of its own. */
function shape({ kind, bestTimer }: Point, { x, y }: { readonly x: number; readonly y: number }): Markup {
  if (bestTimer) return html`<path d="M${x} ${y - 6} L${x + 5.5} ${y + 4} L${x - 5.5} ${y + 4} Z"/>`;
  if (kind === "policy") return html`<circle cx="${x}" cy="${y}" r="5"/>`;
  if (kind === "hindsight")
    return html`<path d="M${x} ${y - 5.5} L${x + 5.5} ${y} L${x} ${y + 5.5} L${x - 5.5} ${y} Z"/>`;
  return html`<rect x="${x - 4}" y="${y - 4}" width="8" height="8"/>`;
}

/** Those that can be had and that none beats on both axes. */
function front(points: readonly { readonly row: Point; readonly x: number; readonly y: number }[]): Markup | undefined {
  const real = points.filter(({ row }) => row.kind !== "hindsight");
  const best: { readonly x: number; readonly y: number }[] = [];
  for (const { x, y } of [...real].sort((a, b) => a.x - b.x || b.y - a.y)) {
    if (y > (best.at(-1)?.y ?? Number.NEGATIVE_INFINITY)) best.push({ x, y });
  }
  if (best.length < 2) return undefined;
  return html`<path class="front" d="M${best.map(({ x, y }) => `${x} ${y}`).join(" L")}"/>`;
}
