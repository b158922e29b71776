import type { PriceSource } from "./entries.ts";

/** From here on a price is told to be old, in days. */
const oldPriceDays = 30;

const dayMs = 24 * 3_600_000;

/** How many days old a source is at `now`, in milliseconds since the epoch. */
export function ageDays({ asOf }: Pick<PriceSource, "asOf">, now: number): number {
  return Math.max(0, Math.floor((now - Date.parse(asOf)) / dayMs));
}

/** A source for people: `spot: spot price history, asked 2026-11-25 04:10 UTC`; one that is old says how old it is. */
export function priceSourceText(source: PriceSource, now: number): string {
  const { note } = source;
  return `${datedSourceText(source, ageDays(source, now))}${note === undefined ? "" : `; ${note}`}`;
}

/** The same without what is remarked about it. */
export function datedSourceText({ of, source, asOf, live }: Omit<PriceSource, "note">, days: number): string {
  const date = live ? `asked ${asOf.slice(0, 16).replace("T", " ")} UTC` : asOf;
  return `${of}: ${source}, ${date}${days > oldPriceDays ? ` (${days} days old)` : ""}`;
}
