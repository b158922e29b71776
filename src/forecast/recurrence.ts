import { arrivalLog } from "./arrival-log.ts";
import { calendarAt } from "./calendar.ts";
import type { Saveable } from "./forecaster.ts";
import { saveable } from "./memory.ts";
import { type Arrivals, type Cluster, clustersOn, sameTimeSeconds } from "./recurrence-clusters.ts";
import { trackRecord } from "./track-record.ts";

/** Something that came at a time: a job of a group and name, or of a user. */
export interface Arrival {
  /** Of what is expected to come again, such as `GROUP/NAME`. */
  readonly key: string;
  readonly atSeconds: number;
  /** How much came with it: nodes, or GPUs. */
  readonly amount: number;
}

/** Something that is expected because it came at this time of day before, from `fromSeconds` to `toSeconds`. */
export interface Recurrence extends Cluster {
  readonly key: string;
  /** That it comes; from how often such expectations came true before. */
  readonly p: number;
}

export interface RecurrenceDetector extends Saveable {
  /** In order of time. */
  observe(arrival: Arrival): void;
  /**
   * What is expected to come from `fromSeconds` until `toSeconds`, both on the day of the last arrival or later; no
   * further than a week from `fromSeconds`.
   */
  expected(fromSeconds: number, toSeconds: number): readonly Recurrence[];
}

const daySeconds = 86_400;
const keptDays = 36;
const furthestDays = 7;
/** Who asks looks ahead by no more than a launch: until so long after midnight the day before it may not be over. */
const lookAheadSeconds = 3600;

type Expected = Cluster & { readonly key: string };

/** Finds what comes at the same time of day on at least 3 of the last 5 days, weekdays, weekend days or, say, Mondays. */
export function recurrences(startMs: number): RecurrenceDetector {
  const log = arrivalLog();
  const record = trackRecord();
  const byDay = new Map<number, readonly Expected[]>();
  const memory = { firstDay: Number.NaN, today: Number.NaN };

  const dayOf = (atSeconds: number) => Math.floor((startMs / 1000 + atSeconds) / daySeconds);
  const startOf = (day: number) => day * daySeconds - startMs / 1000;
  const find = (day: number): Expected[] => {
    const { weekday } = calendarAt(day * daySeconds);
    const target = { weekday, startSeconds: startOf(day), knownDays: day - memory.firstDay };
    return [...log.entries()]
      .flatMap(([key, known]) => clustersOn(target, known).map((each) => ({ ...each, key })))
      .filter(({ atSeconds }) => dayOf(atSeconds) === day);
  };
  const expectedOn = (day: number): readonly Expected[] => {
    const found = byDay.get(day) ?? find(day);
    byDay.set(day, found);
    return found;
  };
  const turnTo = (day: number) => {
    if (Number.isNaN(memory.firstDay)) memory.firstDay = day;
    for (const each of byDay.get(memory.today) ?? []) record.settle(each, came(each, log.of(each.key)));
    log.forgetBefore(startOf(day - keptDays));
    memory.today = day;
    byDay.clear();
    expectedOn(day);
  };
  const kept = saveable("recurrences", 1, memory, [log, record]);

  return {
    observe: ({ key, atSeconds, amount }) => {
      if (!Number.isFinite(atSeconds)) return;
      if (!(dayOf(atSeconds) <= memory.today)) turnTo(dayOf(atSeconds));
      log.add(key, atSeconds, amount);
      // what was expected of later days did not know of this
      for (const day of byDay.keys()) if (day > memory.today) byDay.delete(day);
    },
    expected: (fromSeconds, toSeconds) => {
      const from = dayOf(fromSeconds);
      if (Number.isNaN(memory.today) || !Number.isFinite(from)) return [];
      const over = dayOf(fromSeconds - lookAheadSeconds);
      if (over > memory.today) turnTo(over);
      const found: Recurrence[] = [];
      for (let day = from; day <= Math.min(dayOf(toSeconds), from + furthestDays); day += 1) {
        for (const each of expectedOn(day)) {
          const within = each.atSeconds >= fromSeconds && each.atSeconds < toSeconds;
          if (within) found.push({ ...each, p: record.chance(each) });
        }
      }
      return found;
    },
    save: kept.save,
    restore: (saved) => {
      kept.restore(saved);
      byDay.clear();
      if (!Number.isNaN(memory.today)) expectedOn(memory.today);
    },
  };
}

/** Whether what was expected was there. */
const came = (expected: Cluster, known: Arrivals | undefined) =>
  known?.atSeconds.some((at) => Math.abs(at - expected.atSeconds) <= sameTimeSeconds) ?? false;
