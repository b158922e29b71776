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

export interface DemandOptions extends SeriesOptions {
  /** How many bins ahead it is asked, rising; [1] by default. */
  readonly horizons?: readonly number[] | undefined;
  /** Residuals remembered by each method, 720 by default (five days of ten-minute bins); less for many small pools. */
  readonly window?: number | undefined;
  /** What weighs the methods; see `mixture`. */
  readonly cost?: ((bound: number, demand: number, level: number) => number) | undefined;
}

/** The forecaster to use: all methods, weighed by realised cost, with bounds that keep their promise. */
export function demandForecaster(options: DemandOptions): Forecaster {
  const { horizons = [1], cost } = options;
  return calibrated(mixture(experts(options), { horizons, cost }), { horizons });
}

function experts(options: DemandOptions): Forecaster[] {
  const { horizons = [1], window = 720 } = options;
  const wide = (point: () => PointForecaster) =>
    (["root", "steady", "nervous"] as const).map((spread) => bounded(point(), { spread, window, horizons }));
  return [
    ...wide(lastValue),
    ...wide(() => holt()),
    ...wide(() => recentPeak(3)),
    ...wide(() => movingMean(0.5)),
    ...wide(() => dayProfile(options)),
    ...(options.stepSeconds >= 60 ? [bounded(seasonalNaive(binsIn(options, 24)), { window, horizons })] : []),
    intermittent(),
  ];
}
