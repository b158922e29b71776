import { isMeasured, type PointForecaster } from "./forecaster.ts";
import { saveable } from "./memory.ts";

/** Demand stays as it was in the last measured bin. */
export function lastValue(): PointForecaster {
  const memory = { last: Number.NaN };
  return {
    name: "last-value",
    observe: (demand) => {
      if (isMeasured(demand)) memory.last = demand;
    },
    forecast: () => memory.last,
    ...saveable("last-value", 1, memory),
  };
}
