import { html, type Markup } from "../markup.ts";
import type { Scale } from "./scale.ts";

/** The inside of a plot, in the units of its view box. */
export const inside = { width: 860, height: 360 } as const;
const margin = { left: 62, right: 24, top: 12, bottom: 46 } as const;

export interface PlotOptions {
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  /** Read aloud in place of the picture. */
  readonly description: string;
  /** Of a picture that stands alone. */
  readonly style?: string;
}

export interface PlotAxis {
  readonly scale: Scale;
  readonly title: string;
  text(value: number): string;
}

/** Axes, grid and what is drawn within. Fixed in size, so that names stand where they were placed. */
export function plot({ x, y, description, style }: PlotOptions, content: readonly (Markup | undefined)[]): Markup {
  const [width, height] = [inside.width + margin.left + margin.right, inside.height + margin.top + margin.bottom];
  return html`<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${description}">
${style !== undefined && html`<style>${{ markup: style }}</style><rect class="ground" width="100%" height="100%"/>`}
<g transform="translate(${margin.left} ${margin.top})">
<g class="grid">${x.scale.ticks.map((tick) => html`<line x1="${place(x, tick)}" x2="${place(x, tick)}" y1="0" y2="${inside.height}"/>`)}${y.scale.ticks.map((tick) => html`<line x1="0" x2="${inside.width}" y1="${down(y, tick)}" y2="${down(y, tick)}"/>`)}</g>
${x.scale.ticks.map((tick) => html`<text class="tick" x="${place(x, tick)}" y="${inside.height + 17}" text-anchor="middle">${x.text(tick)}</text>`)}
${y.scale.ticks.map((tick) => html`<text class="tick" x="-8" y="${down(y, tick) + 4}" text-anchor="end">${y.text(tick)}</text>`)}
<text class="title" x="${inside.width / 2}" y="${inside.height + 38}" text-anchor="middle">${x.title}</text>
<text class="title" transform="translate(-48 ${inside.height / 2}) rotate(-90)" text-anchor="middle">${y.title}</text>
${content}
</g>
</svg>`;
}

export function place({ scale }: PlotAxis, value: number): number {
  return rounded(scale.at(value));
}

/** The second axis grows upwards. */
export function down({ scale }: PlotAxis, value: number): number {
  return rounded(inside.height - scale.at(value));
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
