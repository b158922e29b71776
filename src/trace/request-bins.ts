import { Failure } from "../kernel/failure.ts";
import type { RateSeries } from "./trace.ts";

/** Requests by service and whole second. */
export type RequestCounts = Map<string, Map<number, number>>;

export interface BinOptions {
  /** Whole seconds. */
  readonly stepSeconds: number;
  /** Bins start at second 0, rather than at the second of the first request. */
  readonly fromZero: boolean;
  /** For messages. */
  readonly name: string;
}

export interface BinnedRequests {
  readonly series: readonly RateSeries[];
  readonly firstSecond: number;
  /** Requests of the last bin, which was not over by the last request, and would read as a drop: left out. */
  readonly cut: number;
}

/** Of all services together: two decades of minutes of one. */
const mostBins = 1e7;

/** A rate for each bin, of as many bins for every service; a bin without requests is 0, as all were recorded. */
export function binRequests(counts: RequestCounts, { stepSeconds, fromZero, name }: BinOptions): BinnedRequests {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const perSecond of counts.values()) {
    for (const second of perSecond.keys()) [first, last] = [Math.min(first, second), Math.max(last, second)];
  }
  const firstSecond = fromZero && first < 1e9 ? 0 : first;
  const bins = Math.floor((last + 1 - firstSecond) / stepSeconds);
  if (bins * counts.size > mostBins || bins < 1) throw badSpan(name, last + 1 - firstSecond, stepSeconds);
  let cut = 0;
  const series = [...counts].map(([service, perSecond]) => {
    const perBin = new Float64Array(bins);
    for (const [second, requests] of perSecond) {
      const bin = Math.floor((second - firstSecond) / stepSeconds);
      if (bin < bins) perBin[bin] = (perBin[bin] ?? 0) + requests;
      else cut += requests;
    }
    return { name: service, perSecond: perBin.map((requests) => requests / stepSeconds) };
  });
  return { series, firstSecond, cut };
}

function badSpan(name: string, seconds: number, stepSeconds: number): Failure {
  return new Failure(
    "FILE_INVALID",
    `the requests of ${name} span ${seconds} s, which bins of ${stepSeconds} s do not fit`,
    {
      why: "a rate needs at least one whole bin, and all services together at most ten million",
      fix: "check the times of the first and last rows, or choose other bins",
    },
  );
}
