import type { Saveable } from "./forecaster.ts";
import { saveable } from "./memory.ts";

/**
 * What a residual is measured by, so that those of quiet and of busy times can be compared: `root`, the square root of
 * the forecast (as of counts); `steady`, how far the last twenty or so forecasts were off; `nervous`, the last five.
 */
export type SpreadKind = "root" | "steady" | "nervous";

export interface Spread extends Saveable {
  observe(residual: number): void;
  /** Above 0. */
  of(forecast: number): number;
}

/** One residual moves the spread by no more than so many spreads: a spike is not remembered for long. */
const widest = 10;

const kinds = {
  steady: { share: 0.05, floor: (forecast: number) => 0.05 * Math.sqrt(Math.max(1, forecast)) },
  nervous: { share: 0.2, floor: (forecast: number) => 0.1 * Math.max(1, forecast) },
} as const;

export function spread(kind: SpreadKind): Spread {
  const memory = { mean: Number.NaN };
  const kept = saveable(`spread-${kind}`, 1, memory);
  if (kind === "root") return { observe: () => {}, of: (forecast) => Math.sqrt(Math.max(1, forecast)), ...kept };
  const { share, floor } = kinds[kind];
  return {
    observe: (residual) => {
      const off = Math.abs(residual);
      if (Number.isNaN(memory.mean)) memory.mean = off;
      else memory.mean += share * (Math.min(off, widest * (memory.mean + 0.1)) - memory.mean);
    },
    of: (forecast) => {
      const least = floor(forecast);
      return Math.max(least, memory.mean || 0);
    },
    ...kept,
  };
}
