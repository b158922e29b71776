import { bounded } from "./bounded.ts";
import { binsIn } from "./calendar.ts";
import { calibrated } from "./calibrated.ts";
import { dayProfile } from "./day-profile.ts";
import type { Forecaster, PointForecaster, SeriesOptions } from "./forecaster.ts";
import { holt } from "./holt.ts";
import { intermittent } from "./intermittent.ts";
import { lastValue } from "./last-value.ts";
import { mixture } from "./mixture.ts";
import { movingMean } from "./moving-mean.ts";
import { recentPeak } from "./recent-peak.ts";
import { seasonalNaive } from "./seasonal-naive.ts";
import type { SpreadKind } from "./spread.ts";

export interface DemandOptions extends SeriesOptions {
  /** How many bins ahead it is asked, rising; [1] by default. For others the next longer one speaks, or the longest. */
  readonly horizons?: readonly number[] | undefined;
  /** Residuals remembered by each method, 720 by default (five days of ten-minute bins); less for many small pools. */
  readonly window?: number | undefined;
  /** What weighs the methods; see `mixture`. */
  readonly cost?: ((bound: number, demand: number, level: number) => number) | undefined;
}

/** The forecaster to use: all methods, weighed by realised cost, with bounds that keep their promise. */
export function demandForecaster(options: DemandOptions): Forecaster {
  const { horizons = [1], cost } = options;
  return calibrated(mixture(methods(options), { horizons, cost }), { horizons });
}

/**
 * Each method with the spreads that add something to the others. Chosen by leaving one out at a time on request rates of
 * five models and on generated days: no single one matters much, and twice as many are no better.
 */
function methods(options: DemandOptions): Forecaster[] {
  const { horizons = [1], window = 720 } = options;
  const by = (spread: SpreadKind, point: PointForecaster) => bounded(point, { spread, window, horizons });
  return [
    by("steady", lastValue()),
    by("nervous", lastValue()),
    by("root", recentPeak(3)),
    by("steady", recentPeak(3)),
    by("root", movingMean(0.5)),
    by("root", movingMean(0.2)),
    by("nervous", holt()),
    by("root", dayProfile(options)),
    by("steady", dayProfile(options)),
    // a season of shorter bins is much to remember for one method
    ...(options.stepSeconds >= 60 ? [by("root", seasonalNaive(binsIn(options, 24)))] : []),
    ...(options.stepSeconds >= 600 ? [by("root", seasonalNaive(binsIn(options, 168)))] : []),
    intermittent(),
  ];
}
