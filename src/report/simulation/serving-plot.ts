import type { ServeResult } from "../../simulate/rates-types.ts";
import type { Markup } from "../markup.ts";
import { shareText } from "./amounts.ts";
import { inside, type PlotAxis } from "./plot.ts";
import { linearScale } from "./scale.ts";
import { type Mark, scatterPlot } from "./scatter-plot.ts";

/** Policies beyond this would crowd the others. */
const most = { overProvision: 0.6, unservedShare: 0.06 };

/** Serving policies by what they provide too much and what goes unserved. */
export function servingPlot(all: readonly ServeResult[], style?: string): Markup {
  const rows = all.filter(
    ({ overProvision, unservedShare }) => overProvision <= most.overProvision && unservedShare <= most.unservedShare,
  );
  const highest = (of: (row: ServeResult) => number) => 100 * rows.reduce((top, row) => Math.max(top, of(row)), 0);
  const x: PlotAxis = {
    scale: linearScale(
      0,
      highest((row) => row.overProvision),
      inside.width,
    ),
    title: "nodes beyond demand, in % of demand",
    text: String,
  };
  const y: PlotAxis = {
    scale: linearScale(
      0,
      highest((row) => row.unservedShare),
      inside.height,
    ),
    title: "demand unserved, in %",
    text: (value) => String(Number(value.toPrecision(4))),
  };
  const marks = rows.map((row): Mark => {
    const isOwn = row.policy.startsWith("budget") || row.policy === "aura";
    const isKnowing = row.policy === "clairvoyant" || row.policy.startsWith("always");
    return {
      name: isOwn ? "aura" : row.policy,
      tone: isOwn ? "aura" : isKnowing ? "hindsight" : "baseline",
      x: 100 * row.overProvision,
      y: 100 * row.unservedShare,
      title: `${row.policy}: ${shareText(row.unservedShare)} unserved at ${shareText(row.overProvision)} over-provision`,
      isReal: !isKnowing,
    };
  });
  const description = `Over-provision and unserved demand of ${rows.length} policies`;
  return scatterPlot(marks, { x, y, description, style });
}
