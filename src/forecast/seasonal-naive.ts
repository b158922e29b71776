import { isMeasured, type PointForecaster } from "./forecaster.ts";
import { saveable } from "./memory.ts";

/**
 * Demand is what it was one season (such as 24 h or 168 h) before; where that bin was not measured, what it was a season
 * earlier still, and in the first season the last value.
 */
export function seasonalNaive(season: number): PointForecaster {
  const memory = { bin: 0, last: Number.NaN, ring: new Float64Array(season).fill(Number.NaN) };
  return {
    name: `seasonal-${season}`,
    observe: (demand) => {
      if (isMeasured(demand)) {
        memory.ring[memory.bin % season] = demand;
        memory.last = demand;
      }
      memory.bin = (memory.bin + 1) % season;
    },
    forecast: (ahead = 1) => {
      const then = memory.ring[(memory.bin + ahead - 1) % season] ?? Number.NaN;
      return Number.isNaN(then) ? memory.last : then;
    },
    ...saveable(`seasonal-${season}`, 1, memory),
  };
}
