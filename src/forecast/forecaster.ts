/**
 * A forecast of demand, bin by bin. All are online: `observe` takes the bins in order, `quantile` speaks of the bin `ahead`
 * of the last one observed. Demand is never negative; NaN is a bin that nobody measured, and is skipped, not taken as 0.
 */
export interface Forecaster {
  readonly name: string;
  observe(demand: number): void;
  /** The level that demand `ahead` bins after the last one stays under with probability `p`, 0 < p < 1. */
  quantile(p: number, ahead?: number): number;
  /** What it would say in a sentence, with the evidence it has, such as `4 of the last 5 weekdays`; absent: nothing to say. */
  evidence?(): string | undefined;
}

/** Where a series of bins stands in the day and week. */
export interface SeriesOptions {
  /** Of bin 0, in milliseconds since the epoch, UTC. */
  readonly startMs: number;
  readonly stepSeconds: number;
}
