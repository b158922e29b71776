import { isMeasured, type PointForecaster } from "./forecaster.ts";
import { saveable } from "./memory.ts";

/** An exponentially weighted mean; `share` (0 to 1) is the weight of the newest bin. */
export function movingMean(share: number): PointForecaster {
  const memory = { mean: Number.NaN };
  return {
    name: `mean-${share}`,
    observe: (demand) => {
      if (!isMeasured(demand)) return;
      memory.mean = Number.isNaN(memory.mean) ? demand : memory.mean + share * (demand - memory.mean);
    },
    forecast: () => memory.mean,
    ...saveable(`mean-${share}`, 1, memory),
  };
}
