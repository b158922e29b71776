/**
 * A forecast of demand, bin by bin. All are online: `observe` takes the bins in order, `quantile` speaks of the bin `ahead`
 * of the last one observed. Demand is never negative; NaN (or what is negative or infinite) is a bin that nobody measured,
 * and is skipped, not taken as 0.
 */
export interface Forecaster extends Saveable {
  readonly name: string;
  observe(demand: number): void;
  /**
   * The level that demand `ahead` bins (default 1) after the last one stays under with probability `p`, 0 < p < 1.
   * Never falls as `p` rises. NaN: no bin was measured yet, so there is nothing to say.
   */
  quantile(p: number, ahead?: number): number;
  /** What it would say in a sentence, with the evidence it has, such as `4 of the last 5 weekdays`; absent: nothing to say. */
  evidence?(): string | undefined;
}

/** A forecast of one figure, without saying how sure it is; `bounded` adds quantiles to it. */
export interface PointForecaster extends Saveable {
  readonly name: string;
  observe(demand: number): void;
  /** The demand expected `ahead` bins (default 1) after the last one observed; NaN before the first measured bin. */
  forecast(ahead?: number): number;
  evidence?(): string | undefined;
}

/** What it has learned, as JSON. `restore` takes what `save` of the same method gave, and throws a `Failure` at anything else. */
export interface Saveable {
  save(): Saved;
  restore(saved: Saved): void;
}

/** What was learned, as JSON: null stands for NaN. */
export interface Saved {
  readonly method: string;
  readonly version: number;
  readonly values: Readonly<Record<string, number | null | readonly (number | null)[]>>;
  /** Of the forecasters it is made of. */
  readonly parts?: readonly Saved[] | undefined;
}

/** Where a series of bins stands in the day and week. */
export interface SeriesOptions {
  /** Of bin 0, in milliseconds since the epoch, UTC. */
  readonly startMs: number;
  readonly stepSeconds: number;
}

/** Whether a bin says anything: no NaN, nothing below 0 and nothing infinite. */
export const isMeasured = (demand: number): boolean => demand >= 0 && demand < Number.POSITIVE_INFINITY;
