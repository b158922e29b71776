import type { ReleasePolicy } from "../policy.ts";
import type { PoolView } from "../pool.ts";
import { idleSince } from "./fixed-hold.ts";
import { GapLedger } from "./gap-ledger.ts";
import { percentText, spanText } from "./reasons.ts";

const binSeconds = 60;
const bins = 240;
const rangeSeconds = bins * binSeconds;
const tail = 0.99;
const margin = 1.1;
const minimumVariation = 2;
const tooManyBeyond = 0.5;

interface Histogram {
  readonly counts: Float64Array;
  within: number;
  beyond: number;
}

/**
 * "Serverless in the Wild" (ATC'20) with its published figures, for each pool: one-minute bins over four hours; keep until
 * the 99th percentile and a tenth; four hours where the bins vary little (CV below 2); nothing where half the gaps are
 * longer than four hours, as there the paper loads again by a time-series forecast, which is a warm policy's part. So is
 * its pre-warm window, which is 0 wherever 5 % of the gaps are below a minute.
 */
export function hybridHistogram(): ReleasePolicy {
  const pools = new Map<number, { ledger: GapLedger<undefined>; histogram: Histogram }>();
  const of = (pool: PoolView) => {
    const found = pools.get(pool.id);
    if (found !== undefined) return found;
    const histogram: Histogram = { counts: new Float64Array(bins), within: 0, beyond: 0 };
    const ledger = new GapLedger<undefined>({
      begun: () => undefined,
      outlived: () => {},
      ended: (_, seconds) => count(histogram, seconds),
    });
    const made = { ledger, histogram };
    pools.set(pool.id, made);
    return made;
  };
  return {
    name: "hybrid-histogram",
    observe: (pool, event) => of(pool).ledger.observe(pool, event),
    hold: (pool, index) => {
      const { seconds, why } = holdOf(of(pool).histogram);
      return {
        untilSeconds: idleSince(pool, index) + seconds,
        reason: { code: "hold-histogram", text: () => `kept for ${spanText(seconds)}: ${why}` },
      };
    },
  };
}

function count(histogram: Histogram, seconds: number): void {
  if (seconds >= rangeSeconds) {
    histogram.beyond += 1;
    return;
  }
  const bin = Math.floor(seconds / binSeconds);
  histogram.counts[bin] = (histogram.counts[bin] as number) + 1;
  histogram.within += 1;
}

function holdOf(histogram: Histogram): { seconds: number; why: string } {
  const { counts, within, beyond } = histogram;
  const outside = beyond / Math.max(1, within + beyond);
  if (within + beyond > 0 && outside >= tooManyBeyond)
    return { seconds: 0, why: `${percentText(outside)} of its gaps were longer than ${spanText(rangeSeconds)}` };
  if (variation(counts, within) < minimumVariation)
    return { seconds: rangeSeconds, why: `its ${within} gaps show no pattern` };
  let [bin, seen] = [0, 0];
  for (; seen < tail * within; bin += 1) seen += counts[bin] as number;
  const seconds = Math.min(rangeSeconds, bin * binSeconds * margin);
  return { seconds, why: `99 % of its ${within} gaps ended within ${spanText(bin * binSeconds)}` };
}

/** Standard deviation of the bins' counts over their mean; 0 without any. */
function variation(counts: Float64Array, total: number): number {
  if (total === 0) return 0;
  const mean = total / bins;
  let squares = 0;
  for (const value of counts) squares += (value - mean) ** 2;
  return Math.sqrt(squares / bins) / mean;
}
