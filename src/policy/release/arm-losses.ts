/** Losses of the experts beyond the optimum, in cold starts, summed over gaps; old gaps fade. */
export class ArmLosses {
  readonly sums: Float64Array;
  count = 0;
  readonly #keep: number;

  constructor(arms: number, halfLifeGaps: number) {
    this.sums = new Float64Array(arms);
    this.#keep = 2 ** (-1 / halfLifeGaps);
  }

  /** `weight`: what the gap counts. */
  add(losses: Float64Array, weight = 1): void {
    const keep = this.#keep ** weight;
    this.count = this.count * keep + weight;
    for (let arm = 0; arm < this.sums.length; arm += 1)
      this.sums[arm] = (this.sums[arm] as number) * keep + weight * (losses[arm] as number);
  }

  save(): number[] {
    return [this.count, ...this.sums];
  }

  restore([count = 0, ...sums]: readonly number[]): void {
    this.count = count;
    for (let arm = 0; arm < this.sums.length; arm += 1) this.sums[arm] = sums[arm] ?? 0;
  }
}

/** Gaps of all pools that stand in for what a pool has not seen yet. */
const borrowed = 100;
/** Hedge's rate, for a loss of one cold start: two cold starts more leave 2 % of the weight. */
const rate = 2;

/** Hedge's weights, `exp(-rate · loss)`, of what the pool lost and what all pools lost on average, into `into`. */
export function hedgeWeights(pool: ArmLosses, all: ArmLosses, into: Float64Array): Float64Array {
  const share = borrowed / Math.max(1, all.count);
  let least = Number.POSITIVE_INFINITY;
  for (let arm = 0; arm < into.length; arm += 1) {
    into[arm] = (pool.sums[arm] as number) + share * (all.sums[arm] as number);
    least = Math.min(least, into[arm] as number);
  }
  let total = 0;
  for (let arm = 0; arm < into.length; arm += 1) {
    into[arm] = Math.exp(-rate * ((into[arm] as number) - least));
    total += into[arm] as number;
  }
  for (let arm = 0; arm < into.length; arm += 1) into[arm] = (into[arm] as number) / total;
  return into;
}
