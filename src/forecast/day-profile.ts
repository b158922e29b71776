import { calendarAt, isWeekend } from "./calendar.ts";
import { isMeasured, type PointForecaster, type SeriesOptions } from "./forecaster.ts";
import { saveable } from "./memory.ts";

const slotSeconds = 600;
const slots = 86_400 / slotSeconds;
/** Share of a day that a slot's profile takes from the newest day. */
const dayShare = 0.3;
/** Time that the level looks back: an hour. */
const levelSeconds = 3600;
/** One bin out of line moves the profile, and a profile of almost nothing the forecast, by so many times at most. */
const highest = 10;

/**
 * The shape of a day (ten-minute slots, weekdays and weekend apart, newer days weighing more) times the level of the last
 * hour: how much higher than on other days it is today. Slots that no day has told of yet take the level alone.
 */
export function dayProfile({ startMs, stepSeconds }: SeriesOptions): PointForecaster {
  const memory = {
    bin: 0,
    profile: new Float64Array(2 * slots).fill(Number.NaN),
    /** Means of demand and of the profile over the last hour, in the same bins. */
    demand: Number.NaN,
    expected: Number.NaN,
  };
  const levelShare = Math.min(1, stepSeconds / levelSeconds) ** 0.5;
  const slotShare = 1 - (1 - dayShare) ** Math.min(1, stepSeconds / slotSeconds);
  const slotAt = (bin: number) => {
    const { weekday, second } = calendarAt(startMs / 1000 + bin * stepSeconds);
    return (isWeekend(weekday) ? slots : 0) + Math.floor(second / slotSeconds);
  };
  const profileAt = (slot: number) => {
    const own = memory.profile[slot] ?? Number.NaN;
    return Number.isNaN(own) ? (memory.profile[(slot + slots) % (2 * slots)] ?? Number.NaN) : own;
  };
  return {
    name: "day-profile",
    observe: (demand) => {
      const slot = slotAt(memory.bin);
      memory.bin += 1;
      if (!isMeasured(demand)) return;
      const usual = profileAt(slot);
      const expected = Number.isNaN(usual) ? demand : usual;
      memory.demand = moved(memory.demand, demand, levelShare);
      memory.expected = moved(memory.expected, expected, levelShare);
      memory.profile[slot] = moved(
        memory.profile[slot] ?? Number.NaN,
        Math.min(demand, highest * (expected + 1)),
        slotShare,
      );
    },
    forecast: (ahead = 1) => {
      const usual = profileAt(slotAt(memory.bin + ahead - 1));
      if (Number.isNaN(usual)) return memory.demand;
      return memory.expected > 0 ? usual * Math.min(highest, memory.demand / memory.expected) : memory.demand;
    },
    ...saveable("day-profile", 1, memory),
  };
}

const moved = (from: number, to: number, share: number) => (Number.isNaN(from) ? to : from + share * (to - from));
