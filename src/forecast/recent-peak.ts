import { isMeasured, type PointForecaster } from "./forecaster.ts";
import { saveable } from "./memory.ts";

/** The highest of the last `bins` measured bins: what has been wanted a moment ago is likely to be wanted again. */
export function recentPeak(bins: number): PointForecaster {
  const memory = { next: 0, ring: new Float64Array(bins).fill(Number.NaN) };
  return {
    name: `peak-of-${bins}`,
    observe: (demand) => {
      if (!isMeasured(demand)) return;
      memory.ring[memory.next] = demand;
      memory.next = (memory.next + 1) % bins;
    },
    forecast: () => {
      let highest = Number.NaN;
      for (const value of memory.ring) if (!(value <= highest) && value >= 0) highest = value;
      return highest;
    },
    ...saveable(`peak-of-${bins}`, 1, memory),
  };
}
