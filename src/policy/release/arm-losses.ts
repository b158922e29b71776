/** Losses of the experts beyond the optimum, in cold starts, summed over gaps; old gaps fade. */
export class ArmLosses {
  readonly sums: Float64Array;
  count = 0;
  readonly #keep: number;

  constructor(arms: number, halfLifeGaps: number) {
    this.sums = new Float64Array(arms);
    this.#keep = 2 ** (-1 / halfLifeGaps);
  }

  add(losses: Float64Array): void {
    this.count = this.count * this.#keep + 1;
    for (let arm = 0; arm < this.sums.length; arm += 1)
      this.sums[arm] = (this.sums[arm] as number) * this.#keep + (losses[arm] as number);
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
const borrowed = 30;
/** Hedge's rate, for a loss of one cold start: two cold starts more leave 2 % of the weight. */
const rate = 2;

/** Hedge's weights, `exp(-rate · loss)`, of what the pool lost and what all pools lost on average. */
export function hedgeWeights(pool: ArmLosses, all: ArmLosses): Float64Array {
  const losses = pool.sums.map((sum, arm) => sum + (borrowed * (all.sums[arm] as number)) / Math.max(1, all.count));
  const least = losses.reduce((lowest, loss) => Math.min(lowest, loss), Number.POSITIVE_INFINITY);
  const weights = losses.map((loss) => Math.exp(-rate * (loss - least)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
