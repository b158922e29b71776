import { delay, horizonFor } from "./delay.ts";
import { type Forecaster, isMeasured } from "./forecaster.ts";
import { levelTracker } from "./level-tracker.ts";
import { boundAt, levels, raise } from "./levels.ts";
import { saveable } from "./memory.ts";

export interface CalibratedOptions {
  /** How far one miss moves the level that is asked for; 0.005 by default. */
  readonly step?: number | undefined;
  /** [1] by default. */
  readonly horizons?: readonly number[] | undefined;
}

/** No bound is above so many times the highest demand seen; it is what is said where the level asked for is 1 or more. */
const ceiling = 2;
/** A hair above the bound is rounding, not a miss. */
const hair = 1 + 1e-9;
/** The highest demand is forgotten to a half after so many bins. */
const peakHalfLife = 2016;

/**
 * Bounds that keep their promise: online conformal correction of the levels that the forecaster is asked for, so that in
 * the long run demand stays under the bound at p in a share p of bins, even where the forecaster is wrong about that.
 */
export function calibrated(inner: Forecaster, options: CalibratedOptions = {}): Forecaster {
  const { step = 0.005, horizons = [1] } = options;
  const width = levels.length;
  const trackers = horizons.map(() => levelTracker(levels, step));
  const waiting = delay(horizons, width);
  const memory = { bin: 0, peak: 0, said: new Float64Array(waiting.size).fill(Number.NaN) };
  const { said } = memory;
  const learn = (index: number, demand: number) => {
    const row = waiting.rowOf(index, memory.bin);
    for (let level = 0; level < width; level += 1) {
      const bound = said[row + level] as number;
      if (!Number.isNaN(bound)) trackers[index]?.observe(level, demand <= bound * hair + 1e-9);
    }
  };
  const say = (index: number) => {
    const row = waiting.rowOf(index, memory.bin);
    for (let level = 0; level < width; level += 1) {
      const asked = trackers[index]?.asked(level) ?? 0;
      const bound = inner.quantile(Math.min(0.9999, Math.max(0.0001, asked)), horizons[index]);
      const highest = ceiling * memory.peak;
      said[row + level] = asked >= 1 ? highest : asked <= 0 ? 0 : Math.min(bound, highest);
    }
    raise(said, row);
  };
  return {
    name: inner.name,
    observe: (demand) => {
      const measured = isMeasured(demand);
      memory.peak = Math.max(memory.peak * 0.5 ** (1 / peakHalfLife), measured ? demand : 0);
      if (measured) for (let index = 0; index < horizons.length; index += 1) learn(index, demand);
      inner.observe(demand);
      for (let index = 0; index < horizons.length; index += 1) say(index);
      memory.bin += 1;
    },
    quantile: (p, ahead = 1) =>
      memory.bin === 0 ? Number.NaN : boundAt(said, waiting.rowOf(horizonFor(horizons, ahead), memory.bin - 1), p),
    ...(inner.evidence ? { evidence: inner.evidence } : {}),
    ...saveable(`calibrated/${horizons.join("-")}`, 1, memory, [inner, ...trackers]),
  };
}
