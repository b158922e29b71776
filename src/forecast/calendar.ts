import type { SeriesOptions } from "./forecaster.ts";

const daySeconds = 86_400;
/** The epoch was a Thursday: so many days from the Monday before it. */
const epochWeekday = 3;

/** Second of the day, and day of the week from Monday (0), UTC, at a moment in seconds since the epoch. */
export function calendarAt(epochSeconds: number): {
  readonly day: number;
  readonly weekday: number;
  readonly second: number;
} {
  const day = Math.floor(epochSeconds / daySeconds);
  return { day, weekday: (((day + epochWeekday) % 7) + 7) % 7, second: epochSeconds - day * daySeconds };
}

export const isWeekend = (weekday: number): boolean => weekday >= 5;

/** How many bins of the series make up `hours`. */
export const binsIn = ({ stepSeconds }: SeriesOptions, hours: number): number =>
  Math.max(1, Math.round((hours * 3600) / stepSeconds));
