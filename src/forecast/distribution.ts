import { binBottom, binCount, binMiddle, binOf, binTop } from "./log-bins.ts";

/** How a positive value is distributed. */
export interface Distribution {
  /** Values that it was told from by themselves, newer ones counting more. */
  readonly own: number;
  /** Not exceeded with probability `p`. NaN: nothing is known. */
  quantile(p: number): number;
  /** Probability of not exceeding `value`. NaN: nothing is known. */
  below(value: number): number;
  /** The same, knowing that the value is above `value`. */
  above(value: number): Distribution;
}

/** From weights by bin, which it takes over. */
export function distribution(bins: Float64Array, own: number): Distribution {
  let sum = 0;
  for (let bin = 0; bin < binCount; bin += 1) {
    sum += bins[bin] as number;
    bins[bin] = sum;
  }
  return after(bins, own, 0);
}

/**
 * As `likely` says, but above the middle no less than `lasting` says: the last few values tell the next one best, and tell
 * least of how far off it may be.
 */
export function cautious(likely: Distribution, lasting: Distribution): Distribution {
  return {
    own: likely.own,
    quantile: (p) => (p > 0.5 ? Math.max(likely.quantile(p), lasting.quantile(p)) : likely.quantile(p)),
    below: likely.below,
    above: (value) => cautious(likely.above(value), lasting.above(value)),
  };
}

/** `sums`: weights up to each bin. */
function after(sums: Float64Array, own: number, from: number): Distribution {
  const passed = weightBelow(sums, from);
  const total = (sums[binCount - 1] as number) - passed;
  // older than anything seen: what has lasted so long lasts as long again, half of the time
  const beyondAll = !(total > 1e-12);
  return {
    own,
    quantile: (p) => {
      if (beyondAll) return from > 0 ? from / (1 - p) : Number.NaN;
      return Math.max(from, binMiddle(firstReaching(sums, passed + p * total * (1 - 1e-12))));
    },
    below: (value) => {
      if (beyondAll && from <= 0) return Number.NaN;
      if (!(value > from)) return 0;
      return beyondAll ? 1 - from / value : Math.min(1, (weightBelow(sums, value) - passed) / total);
    },
    above: (value) => after(sums, own, Math.max(from, value)),
  };
}

/** A bin counts by how much of it is below. */
function weightBelow(sums: Float64Array, value: number): number {
  if (!(value > 0)) return 0;
  const bin = binOf(value);
  const before = bin === 0 ? 0 : (sums[bin - 1] as number);
  const part = Math.min(1, (value - binBottom(bin)) / (binTop(bin) - binBottom(bin)));
  return before + part * ((sums[bin] as number) - before);
}

function firstReaching(sums: Float64Array, weight: number): number {
  let low = 0;
  let high = binCount - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] as number) < weight) low = middle + 1;
    else high = middle;
  }
  return low;
}
