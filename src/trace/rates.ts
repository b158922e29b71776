import type { RateSeries, RateTrace } from "./trace.ts";

/** All series of a trace as one; a bin that any of them lacks is missing, as its sum would read as a drop. */
export function totalRate({ name, series }: RateTrace): RateSeries {
  const bins = series.reduce((most, { perSecond }) => Math.max(most, perSecond.length), 0);
  const perSecond = new Float64Array(bins);
  for (const { perSecond: own } of series) {
    for (let bin = 0; bin < bins; bin += 1) perSecond[bin] = (perSecond[bin] ?? 0) + (own[bin] ?? Number.NaN);
  }
  return { name, perSecond };
}
