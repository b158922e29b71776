import { Failure } from "../kernel/failure.ts";
import type { RateSeries, RateTrace } from "./trace.ts";

export interface RateSample {
  readonly series: string;
  /** A bin in which any series of the group was measured was measured for all of them: 0 where a series has no sample. */
  readonly group: string;
  /** Whole seconds since the start. */
  readonly seconds: number;
  readonly perSecond: number;
}

/** Collects rates by time, in any order. */
export interface SampledRates {
  /** Says why a sample cannot be taken. */
  add(sample: RateSample): string | undefined;
  finish(startMs: number): RateTrace;
}

/** Of all series together: 160 MB. */
const mostBins = 2e7;

interface Sampled {
  readonly group: Set<number>;
  readonly samples: Map<number, number>;
}

export function newSampledRates(name: string): SampledRates {
  const groups = new Map<string, Set<number>>();
  const all = new Map<string, Sampled>();
  return {
    add({ series, group, seconds, perSecond }) {
      const own = all.get(series) ?? { group: groups.get(group) ?? new Set(), samples: new Map() };
      if (own.samples.has(seconds)) return "is a second row for the same time";
      groups.set(group, own.group);
      all.set(series, own);
      own.group.add(seconds);
      own.samples.set(seconds, perSecond);
      return undefined;
    },
    finish(startMs) {
      const stepSeconds = stepOf([...groups.values()].flatMap((seconds) => [...seconds]));
      let left = mostBins;
      const series = [...all].map(([key, sampled]) => {
        const own = seriesOf(key, sampled, { name, stepSeconds, most: left });
        left -= own.perSecond.length;
        return own;
      });
      return { name, startMs, stepSeconds, series };
    },
  };
}

/** From second 0 to the last bin of its group. */
function seriesOf(
  key: string,
  { group, samples }: Sampled,
  { name, stepSeconds, most }: { readonly name: string; readonly stepSeconds: number; readonly most: number },
): RateSeries {
  const bins = [...group].reduce((last, seconds) => Math.max(last, seconds), 0) / stepSeconds + 1;
  if (bins > most) {
    throw new Failure("FILE_INVALID", `the rates of ${key} in ${name} need ${bins} bins of ${stepSeconds} s`, {
      why: "the step is the largest one that all times are multiples of; twenty million bins of all series is the most that is read",
      fix: "look for a time that is off the grid, or far from all others",
    });
  }
  const perSecond = new Float64Array(bins).fill(Number.NaN);
  for (const seconds of group) perSecond[seconds / stepSeconds] = samples.get(seconds) ?? 0;
  return { name: key, perSecond };
}

/** The largest step that all times are multiples of; 600 s where there is only second 0. */
function stepOf(seconds: readonly number[]): number {
  let step = 0;
  for (const second of seconds) {
    for (let [a, b] = [second, step]; ; [a, b] = [b, a % b]) {
      if (b > 0) continue;
      step = a;
      break;
    }
  }
  return step === 0 ? 600 : step;
}
