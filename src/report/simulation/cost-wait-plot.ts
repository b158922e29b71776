import type { Markup } from "../markup.ts";
import { grouped, hoursText, ratioText, spanText } from "./amounts.ts";
import { inside, type PlotAxis } from "./plot.ts";
import type { PolicyRow } from "./results.ts";
import { linearScale, logScale } from "./scale.ts";
import { type Mark, scatterPlot } from "./scatter-plot.ts";

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

/** Every policy by what it wastes and how long jobs wait for it: further left and further down is better. */
export function costWaitPlot(all: readonly Point[], style?: string): Markup {
  const off = new Set(offThePlot(all));
  const rows = all.filter((row) => !off.has(row));
  const waits = rows.map(({ waitMeanSeconds }) => waitMeanSeconds);
  const unit = most(waits) > 120 ? 60 : 1;
  const wasted = rows.map(wasteHours).filter((hours) => hours > 0);
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
  const marks = [...rows]
    .sort((a, b) => importance(a) - importance(b) || a.lossSeconds - b.lossSeconds)
    .map(
      (row): Mark => ({
        name: row.policy,
        tone: row.bestTimer ? "best" : row.kind === "policy" ? "aura" : row.kind,
        x: wasteHours(row),
        y: row.waitMeanSeconds / unit,
        title: `${row.policy}: ratio ${ratioText(row.ratioToOptimum)}, ${hoursText(wasteHours(row))} GPU-hours wasted, ${spanText(row.waitMeanSeconds)} mean wait`,
        isReal: row.kind !== "hindsight",
      }),
    );
  const description = `Waste and waiting of ${rows.length} policies; the table below says the same`;
  return scatterPlot(marks, { x, y, description, style });
}

const wasteHours = ({ wasteSeconds }: Point) => wasteSeconds / 3600;
const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);

function importance({ policy, bestTimer, kind }: Point): number {
  if (policy === "aura") return 0;
  return bestTimer || policy === "clairvoyant" ? 1 : kind === "policy" ? 2 : 3;
}
