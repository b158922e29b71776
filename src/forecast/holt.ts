import { isMeasured, type PointForecaster } from "./forecaster.ts";
import { saveable } from "./memory.ts";

/** Shares of the newest bin's surprise that are believed, 0 to 1. */
export interface HoltOptions {
  readonly level: number;
  readonly trend: number;
  /** What is left of the trend after each further bin. */
  readonly damping: number;
}

/**
 * Holt's level and damped trend on √demand, whose noise is about the same at low and at high demand. A bin that was not
 * measured lets the level go on along the trend.
 */
export function holt(
  { level, trend, damping }: HoltOptions = { level: 0.7, trend: 0.1, damping: 0.9 },
): PointForecaster {
  const memory = { level: Number.NaN, trend: 0 };
  const name = `holt-${level}-${trend}-${damping}`;
  return {
    name,
    observe: (demand) => {
      const expected = memory.level + damping * memory.trend;
      if (!isMeasured(demand)) {
        if (memory.level >= 0) memory.level = Math.max(0, expected);
        memory.trend *= damping;
        return;
      }
      const root = Math.sqrt(demand);
      const surprise = Number.isNaN(expected) ? 0 : root - expected;
      memory.trend = damping * memory.trend + level * trend * surprise;
      memory.level = Number.isNaN(expected) ? root : Math.max(0, expected + level * surprise);
    },
    forecast: (ahead = 1) => {
      const steps = damping === 1 ? ahead : (damping * (1 - damping ** ahead)) / (1 - damping);
      return Math.max(0, memory.level + steps * memory.trend) ** 2;
    },
    ...saveable(name, 1, memory),
  };
}
