import { seededRandom } from "../../src/kernel/random.ts";

export const hour = 3600;
export const day = 24 * hour;
/** A Monday, 00:00 UTC. */
export const monday = Date.UTC(2026, 0, 5);

export interface DailyOptions {
  readonly days: number;
  readonly stepSeconds: number;
  readonly seed: number;
  readonly mean?: number;
  readonly noise?: number;
  /** How much less it is at the weekend, 0 to 1. */
  readonly weekend?: number;
}

/** Demand with working hours, noise and a quieter weekend. */
export function daily({ days, stepSeconds, seed, mean = 20, noise = 0.1, weekend = 0.6 }: DailyOptions): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: (days * day) / stepSeconds }, (_, bin) => {
    const at = bin * stepSeconds;
    const quiet = Math.floor(at / day) % 7 >= 5 ? 1 - weekend : 1;
    const wave = 1 + 0.7 * Math.sin(((at % day) / day - 0.375) * 2 * Math.PI);
    return Math.max(0, mean * quiet * wave * (1 + random.normal(0, noise)));
  });
}
