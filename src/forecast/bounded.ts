import { delay, horizonFor } from "./delay.ts";
import { type Forecaster, isMeasured, type PointForecaster } from "./forecaster.ts";
import { saveable } from "./memory.ts";
import { sortedWindow } from "./sorted-window.ts";
import { type SpreadKind, spread } from "./spread.ts";

export interface BoundedOptions {
  /** What residuals are measured by; `root` by default. */
  readonly spread?: SpreadKind | undefined;
  /** Residuals remembered, 1008 by default: a week of ten-minute bins. */
  readonly window?: number | undefined;
  /** How many bins ahead it is asked, rising; [1] by default. Each has residuals of its own. */
  readonly horizons?: readonly number[] | undefined;
}

/** Residuals are kept to a thousandth of their spread: what is saved stays small, and is what is used. */
const precision = 1000;

/** Quantiles for a forecast of one figure: its own residuals, those of this moment's size. */
export function bounded(point: PointForecaster, options: BoundedOptions = {}): Forecaster {
  const { spread: kind = "root", window = 1008, horizons = [1] } = options;
  const tracks = horizons.map(() => ({ residuals: sortedWindow(window), spread: spread(kind) }));
  const waiting = delay(horizons, 2);
  const memory = { bin: 0, said: new Float64Array(waiting.size).fill(Number.NaN) };
  const { said } = memory;
  const learn = (index: number, demand: number) => {
    const row = waiting.rowOf(index, memory.bin);
    const residual = demand - (said[row] as number);
    if (Number.isNaN(residual)) return;
    tracks[index]?.residuals.add(Math.round((precision * residual) / (said[row + 1] as number)) / precision);
    tracks[index]?.spread.observe(residual);
  };
  const name = `${point.name}/${kind}`;
  return {
    name,
    observe: (demand) => {
      const measured = isMeasured(demand);
      if (measured) for (let index = 0; index < horizons.length; index += 1) learn(index, demand);
      point.observe(measured ? demand : Number.NaN);
      for (let index = 0; index < horizons.length; index += 1) {
        const row = waiting.rowOf(index, memory.bin);
        const forecast = point.forecast(horizons[index]);
        said[row] = forecast;
        said[row + 1] = tracks[index]?.spread.of(forecast) ?? 1;
      }
      memory.bin += 1;
    },
    quantile: (p, ahead = 1) => {
      if (memory.bin === 0) return Number.NaN;
      const index = horizonFor(horizons, ahead);
      const row = waiting.rowOf(index, memory.bin - 1);
      const forecast = horizons[index] === ahead ? (said[row] as number) : point.forecast(ahead);
      const bound = forecast + (tracks[index]?.residuals.quantile(p) ?? 0) * (said[row + 1] as number);
      return Math.max(0, bound);
    },
    ...(point.evidence ? { evidence: point.evidence } : {}),
    ...saveable(`${name}/${horizons.join("-")}`, 1, memory, [
      point,
      ...tracks.flatMap((track) => [track.residuals, track.spread]),
    ]),
  };
}
