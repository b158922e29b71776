/**
 * Where values wait that were said of a later bin. For each horizon `h` a ring of `h` rows of `width` numbers: the row at
 * `rowOf` holds, before this bin's is written, what was said `h` bins ago of this bin, and after it what is said now.
 */
export interface Delay {
  /** Numbers in all. */
  readonly size: number;
  rowOf(horizonIndex: number, bin: number): number;
}

export function delay(horizons: readonly number[], width: number): Delay {
  const starts = horizons.map((_, index) => width * horizons.slice(0, index).reduce((sum, each) => sum + each, 0));
  return {
    size: width * horizons.reduce((sum, each) => sum + each, 0),
    rowOf: (index, bin) => (starts[index] as number) + (bin % (horizons[index] as number)) * width,
  };
}

/** The horizon that stands for `ahead`: the first that is as long, or the longest. `horizons` rise. */
export function horizonFor(horizons: readonly number[], ahead: number): number {
  for (let index = 0; index < horizons.length - 1; index += 1) if ((horizons[index] as number) >= ahead) return index;
  return horizons.length - 1;
}
