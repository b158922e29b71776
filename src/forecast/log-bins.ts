/** Each bin reaches 5 % further than the one before it, as in the Vertical Pod Autoscaler's histograms and in DDSketch. */
const ratio = 1.05;
const logRatio = Math.log(ratio);

/** From 1 to 10⁹; what lies outside is put into the first or the last. */
export const binCount = 426;

/** Bin `i` holds what is above `1.05^(i-1)` and not above `1.05^i`; bin 0 all up to 1. */
export function binOf(value: number): number {
  if (!(value > 1)) return 0;
  return Math.min(binCount - 1, Math.ceil(Math.log(value) / logRatio - 1e-9));
}

export const binTop = (bin: number): number => ratio ** bin;

export const binBottom = (bin: number): number => (bin === 0 ? 0 : ratio ** (bin - 1));

/** Is at most 2.5 % from anything in the bin. */
export const binMiddle = (bin: number): number => (bin === 0 ? 1 : (2 * ratio ** bin) / (1 + ratio));
