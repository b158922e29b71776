import { html, type Markup } from "../markup.ts";
import { ratioText } from "./amounts.ts";
import { down, inside, type PlotAxis, place, plot } from "./plot.ts";
import { logScale } from "./scale.ts";

export interface Line {
  readonly name: string;
  readonly tone: "aura" | "best" | "baseline" | "hindsight";
  /** By value of the first axis. */
  readonly points: readonly (readonly [number, number])[];
}

export interface LinesPlotOptions {
  readonly title: string;
  text(value: number): string;
  readonly style?: string;
}

/** Ratios to the optimum against something else; both axes are logarithmic, and the optimum is the ground. */
export function linesPlot(lines: readonly Line[], { title, text, style }: LinesPlotOptions): Markup {
  const points = lines.flatMap((line) => line.points);
  const values = points.map(([value]) => value);
  const ratios = points.map(([, ratio]) => ratio);
  const x: PlotAxis = { scale: logScale(Math.min(...values), Math.max(...values), inside.width - 150), title, text };
  const y: PlotAxis = {
    scale: logScale(1, Math.max(1.5, ...ratios), inside.height),
    title: "loss over the optimum (log)",
    text: (ratio) => String(ratio),
  };
  const ends = lines.flatMap((line) => {
    const [value, ratio] = line.points.at(-1) ?? [];
    if (value === undefined || ratio === undefined) return [];
    return [{ line, x: place(x, value), y: down(y, ratio), text: line.name }];
  });
  const heights = apart(ends.map((end) => end.y));
  return plot({ x, y, description: `${title}: ${lines.length} policies`, ...(style !== undefined && { style }) }, [
    ...lines.map(
      (
        line,
      ) => html`<g class="curve ${line.tone}"><path d="M${path(line, x, y)}"/>${line.points.map(([value, ratio]) => html`<circle cx="${place(x, value)}" cy="${down(y, ratio)}" r="3"><title>${line.name}: ${ratioText(ratio)} at ${text(value)}</title></circle>`)}</g>
`,
    ),
    ...ends.map(
      (end, index) =>
        html`<text class="${end.line.tone}" x="${end.x + 9}" y="${(heights[index] ?? end.y) + 4}">${end.text}</text>`,
    ),
  ]);
}

function path({ points }: Line, x: PlotAxis, y: PlotAxis): string {
  return points.map(([value, ratio]) => `${place(x, value)} ${down(y, ratio)}`).join(" L");
}

/** The same heights, moved so far that names of a line's height do not cover each other. */
function apart(heights: readonly number[]): readonly number[] {
  const line = 14;
  const order = heights.map((height, index) => ({ height, index })).sort((a, b) => a.height - b.height);
  const moved = [...heights];
  for (let turn = 0; turn < 50; turn += 1) {
    for (let at = 1; at < order.length; at += 1) {
      const [upper, lower] = [order[at - 1]?.index ?? 0, order[at]?.index ?? 0];
      const lacking = line - ((moved[lower] ?? 0) - (moved[upper] ?? 0));
      if (lacking <= 0.01) continue;
      moved[upper] = (moved[upper] ?? 0) - lacking / 2;
      moved[lower] = (moved[lower] ?? 0) + lacking / 2;
    }
  }
  return moved.map((height) => Math.round(Math.min(inside.height, height) * 10) / 10);
}
