import { html, type Markup } from "../markup.ts";
import { placeLabels } from "./labels.ts";
import { down, inside, type PlotAxis, place, plot } from "./plot.ts";

/** A policy as a mark between two axes; those that come first get their names first. */
export interface Mark {
  readonly name: string;
  readonly tone: MarkTone;
  readonly x: number;
  readonly y: number;
  /** Shown when pointed at. */
  readonly title: string;
  /** Whether it is one that can be had, for the line that joins the best. */
  readonly isReal: boolean;
}

export type MarkTone = "aura" | "best" | "baseline" | "hindsight";

export interface ScatterOptions {
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  readonly description: string;
  readonly style?: string | undefined;
}

/** Marks between two axes of which less is better; a line joins those that none beats on both. */
export function scatterPlot(given: readonly Mark[], { x, y, description, style }: ScatterOptions): Markup {
  const marks = given.map((mark) => ({ mark, text: mark.name, x: place(x, mark.x), y: down(y, mark.y) }));
  const labels = placeLabels(marks, inside);
  return plot({ x, y, description, ...(style !== undefined && { style }) }, [
    front(marks),
    ...marks.map((each, index) => {
      const label = labels[index];
      const { name, tone, title } = each.mark;
      return html`<g class="mark ${tone}"><title>${title}</title>${shape(tone, each)}${label && html`<text x="${label.x}" y="${label.y}" text-anchor="${label.anchor}">${name}</text>`}</g>
`;
    }),
  ]);
}

/** Each kind has a shape of its own. */
function shape(tone: MarkTone, { x, y }: { readonly x: number; readonly y: number }): Markup {
  if (tone === "best") return html`<path d="M${x} ${y - 6} L${x + 5.5} ${y + 4} L${x - 5.5} ${y + 4} Z"/>`;
  if (tone === "aura") return html`<circle cx="${x}" cy="${y}" r="5"/>`;
  if (tone === "hindsight")
    return html`<path d="M${x} ${y - 5.5} L${x + 5.5} ${y} L${x} ${y + 5.5} L${x - 5.5} ${y} Z"/>`;
  return html`<rect x="${x - 4}" y="${y - 4}" width="8" height="8"/>`;
}

function front(marks: readonly { readonly mark: Mark; readonly x: number; readonly y: number }[]): Markup | undefined {
  const real = marks.filter(({ mark }) => mark.isReal);
  const best: { readonly x: number; readonly y: number }[] = [];
  for (const { x, y } of [...real].sort((a, b) => a.x - b.x || b.y - a.y)) {
    if (y > (best.at(-1)?.y ?? Number.NEGATIVE_INFINITY)) best.push({ x, y });
  }
  if (best.length < 2) return undefined;
  return html`<path class="front" d="M${best.map(({ x, y }) => `${x} ${y}`).join(" L")}"/>`;
}
