/** Probabilities at which mixtures are weighed and bounds are corrected; in between, bounds are interpolated. */
export const levels: readonly number[] = [0.1, 0.3, 0.5, 0.75, 0.9, 0.93, 0.95, 0.97, 0.99, 0.995];

/** Tails are about exponential: bounds are about straight lines over this. */
const depth = (p: number) => -Math.log(1 - p);
const depths = Float64Array.from(levels, depth);
const last = levels.length - 1;
const deepest = depth(0.9999);

/** The bound at `p` from those at `levels`, which start at `from` in `bounds` and do not fall. */
export function boundAt(bounds: Float64Array, from: number, p: number): number {
  const lowest = levels[0] as number;
  if (p <= lowest) return ((bounds[from] as number) * Math.max(0, p)) / lowest;
  const x = p < 1 ? Math.min(deepest, depth(p)) : deepest;
  let upper = 1;
  while (upper < last && (depths[upper] as number) < x) upper += 1;
  // beyond the highest level: as steep as from two below it
  const lower = x > (depths[last] as number) ? last - 2 : upper - 1;
  const a = bounds[from + lower] as number;
  const b = bounds[from + upper] as number;
  return a + ((b - a) * (x - (depths[lower] as number))) / ((depths[upper] as number) - (depths[lower] as number));
}

/** Makes bounds at `levels` not fall: each at least the one before it. */
export function raise(bounds: Float64Array, from: number): void {
  for (let at = from + 1; at <= from + last; at += 1) {
    if ((bounds[at] as number) < (bounds[at - 1] as number)) bounds[at] = bounds[at - 1] as number;
  }
}
