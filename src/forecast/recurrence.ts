import { calendarAt } from "./calendar.ts";
import type { Saveable, Saved } from "./forecaster.ts";
import { check } from "./memory.ts";
import { type Cluster, clustersOn, sameTimeSeconds } from "./recurrence-clusters.ts";
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
  /** What is expected to come from `fromSeconds` until `toSeconds`, both on the day of the last arrival or later. */
  expected(fromSeconds: number, toSeconds: number): readonly Recurrence[];
}

const daySeconds = 86_400;
const keptDays = 36;
const maxArrivalsOfKey = 512;
const maxKeys = 5000;
type Expected = Cluster & { readonly key: string };
type Known = { atSeconds: number[]; amount: number[] };

/** Finds what comes at the same time of day on at least 3 of the last 5 days, weekdays, weekend days or, say, Mondays. */
export function recurrences(startMs: number): RecurrenceDetector {
  const keys = new Map<string, Known>();
  const byDay = new Map<number, readonly Expected[]>();
  const record = trackRecord();
  let [firstDay, today] = [Number.NaN, Number.NaN];

  const dayOf = (atSeconds: number) => Math.floor((startMs / 1000 + atSeconds) / daySeconds);
  const expectedOn = (day: number): readonly Expected[] => {
    const cached = byDay.get(day);
    if (cached !== undefined) return cached;
    const startSeconds = day * daySeconds - startMs / 1000;
    const target = { weekday: calendarAt(day * daySeconds).weekday, startSeconds, knownDays: day - firstDay };
    const found = [...keys]
      .flatMap(([key, known]) => clustersOn(target, known).map((each) => ({ ...each, key })))
      .filter(({ atSeconds }) => dayOf(atSeconds) === day);
    byDay.set(day, found);
    return found;
  };
  const turnTo = (day: number) => {
    if (Number.isNaN(firstDay)) firstDay = day;
    for (const each of byDay.get(today) ?? []) record.settle(each, came(each, keys.get(each.key)));
    forget(keys, (day - keptDays) * daySeconds - startMs / 1000);
    today = day;
    byDay.clear();
    expectedOn(day);
  };

  return {
    observe: ({ key, atSeconds, amount }) => {
      if (!Number.isFinite(atSeconds)) return;
      if (!(dayOf(atSeconds) <= today)) turnTo(dayOf(atSeconds));
      remember(keys, key, atSeconds, amount);
    },
    expected: (fromSeconds, toSeconds) => {
      const found: Recurrence[] = [];
      if (Number.isNaN(today)) return found;
      if (dayOf(fromSeconds) > today) turnTo(dayOf(fromSeconds));
      for (let day = dayOf(fromSeconds); day <= dayOf(toSeconds); day += 1) {
        for (const each of expectedOn(day)) {
          if (each.atSeconds >= fromSeconds && each.atSeconds < toSeconds)
            found.push({ ...each, p: record.chance(each) });
        }
      }
      return found;
    },
    save: () => ({
      method: "recurrences",
      version: 1,
      values: {
        days: Number.isNaN(today) ? [] : [firstDay, today],
        ...Object.fromEntries(
          [...keys].map(([key, known]) => [`/${key}`, known.atSeconds.flatMap((at, i) => [at, known.amount[i] ?? 0])]),
        ),
      },
      parts: [record.save()],
    }),
    restore: (saved) => {
      check(saved?.method === "recurrences" && saved.version === 1, "recurrences", "it is of another kind or version");
      check(saved.parts?.[0] !== undefined, "recurrences", "its record is missing");
      record.restore(saved.parts[0]);
      [firstDay = Number.NaN, today = Number.NaN] = numbers(saved, "days");
      keys.clear();
      byDay.clear();
      for (const name of Object.keys(saved.values).filter((each) => each.startsWith("/"))) {
        const flat = numbers(saved, name);
        const every = (remainder: number) => flat.filter((_, index) => index % 2 === remainder);
        keys.set(name.slice(1), { atSeconds: every(0), amount: every(1) });
      }
      if (!Number.isNaN(today)) expectedOn(today);
    },
  };
}

function remember(keys: Map<string, Known>, key: string, atSeconds: number, amount: number): void {
  const known = keys.get(key) ?? { atSeconds: [], amount: [] };
  known.atSeconds.push(atSeconds);
  known.amount.push(amount);
  if (known.atSeconds.length > maxArrivalsOfKey) drop(known, maxArrivalsOfKey / 4);
  keys.delete(key);
  keys.set(key, known);
  if (keys.size > maxKeys) keys.delete(keys.keys().next().value as string);
}

function forget(keys: Map<string, Known>, beforeSeconds: number): void {
  for (const [key, known] of keys) {
    const first = known.atSeconds.findIndex((at) => at >= beforeSeconds);
    if (first < 0) keys.delete(key);
    else if (first > 0) drop(known, first);
  }
}

/** Whether what was expected was there. */
const came = (expected: Cluster, known: Known | undefined) =>
  known?.atSeconds.some((at) => Math.abs(at - expected.atSeconds) <= sameTimeSeconds) ?? false;

function drop(known: Known, first: number): void {
  known.atSeconds.splice(0, first);
  known.amount.splice(0, first);
}

function numbers(saved: Saved, name: string): number[] {
  const value: unknown = saved.values?.[name];
  const holds = Array.isArray(value) && value.every((each) => typeof each === "number" && Number.isFinite(each));
  check(holds, "recurrences", `${name} is not numbers`);
  return value as number[];
}
