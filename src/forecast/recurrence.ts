import { calendarAt } from "./calendar.ts";
import type { Saveable, Saved } from "./forecaster.ts";
import { check } from "./memory.ts";
import { type Cluster, clustersOn, lookBack, sameTimeSeconds } from "./recurrence-clusters.ts";

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
/** So many expectations that came true or not weigh as much as what 3, 4 or 5 of 5 says by itself. */
const priorWeight = 5;
/** What an expectation weighs after each newer one. */
const fading = 0.99;

type Expected = Cluster & { readonly key: string };
type Known = { atSeconds: number[]; amount: number[] };

/** Finds what comes at the same time of day on at least 3 of the last 5 days, weekdays, weekend days or, say, Mondays. */
export function recurrences(startMs: number): RecurrenceDetector {
  const keys = new Map<string, Known>();
  const byDay = new Map<number, readonly Expected[]>();
  const record = chances();
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
    for (const each of byDay.get(today) ?? []) record.settle(each, keys.get(each.key)?.atSeconds ?? []);
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
          if (each.atSeconds >= fromSeconds && each.atSeconds < toSeconds) found.push({ ...each, p: record.of(each) });
        }
      }
      return found;
    },
    save: () => ({
      method: "recurrences",
      version: 1,
      values: {
        days: Number.isNaN(today) ? [] : [firstDay, today],
        ...record.save(),
        ...Object.fromEntries(
          [...keys].map(([key, known]) => [`/${key}`, known.atSeconds.flatMap((at, i) => [at, known.amount[i] ?? 0])]),
        ),
      },
    }),
    restore: (saved) => {
      check(saved?.method === "recurrences" && saved.version === 1, "recurrences", "it is of another kind or version");
      record.restore(saved);
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

function drop(known: Known, first: number): void {
  known.atSeconds.splice(0, first);
  known.amount.splice(0, first);
}

/** How often what was seen on so many of the last days was expected again, and came. */
function chances() {
  const made = new Float64Array(lookBack + 1);
  const came = new Float64Array(lookBack + 1);
  const levelOf = ({ seen, of }: Cluster) => Math.round((seen / of) * lookBack);
  return {
    of: (cluster: Cluster) => {
      const prior = (cluster.seen + 0.5) / (cluster.of + 1);
      const level = levelOf(cluster);
      return ((came[level] ?? 0) + priorWeight * prior) / ((made[level] ?? 0) + priorWeight);
    },
    settle: (cluster: Cluster, atSeconds: readonly number[]) => {
      const level = levelOf(cluster);
      const held = atSeconds.some((at) => Math.abs(at - cluster.atSeconds) <= sameTimeSeconds);
      made[level] = (made[level] ?? 0) * fading + 1;
      came[level] = (came[level] ?? 0) * fading + (held ? 1 : 0);
    },
    save: () => ({ made: [...made], came: [...came] }),
    restore: (saved: Saved) => {
      const counts = [numbers(saved, "made"), numbers(saved, "came")] as const;
      for (const each of counts) check(each.length === made.length, "recurrences", "counts are missing");
      made.set(counts[0]);
      came.set(counts[1]);
    },
  };
}

function numbers(saved: Saved, name: string): number[] {
  const value: unknown = saved.values?.[name];
  const holds = Array.isArray(value) && value.every((each) => typeof each === "number" && Number.isFinite(each));
  check(holds, "recurrences", `${name} is not numbers`);
  return value as number[];
}
