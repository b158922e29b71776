import { seededRandom } from "../../kernel/random.ts";
import { dayMs, dayStart, defaultStartMs } from "../calendar.ts";
import { between, chance, logNormal, pickWeighted } from "../draws.ts";
import { type NewJob, newJobBuilder } from "../job-builder.ts";
import type { Trace } from "../trace.ts";
import { job, sessions } from "./activities.ts";
import { figures } from "./figures.ts";
import { type Activity, type Nightly, newNightly, newPerson, type Person } from "./people.ts";

export interface DemandOptions {
  readonly seed: number;
  /** People; 12 unless told. Nightly jobs come on top, one for every seven. */
  readonly users?: number;
  /** 14 unless told. */
  readonly days?: number;
  /** A Monday, 00:00 UTC, unless told. */
  readonly startMs?: number;
  /** Of most of the team, to UTC; 0 unless told. */
  readonly zoneHours?: number;
  readonly name?: string;
}

/** A day of the trace: its weekday, and the second at which it begins in UTC. */
interface Day {
  readonly weekday: boolean;
  readonly seconds: number;
}

/**
 * Demand of a small team: people with working hours, who develop, keep notebooks, sweep and train in gangs, come back
 * after failures, and run the same thing every night. What it is made of is in `figures`. Same options, same trace.
 */
export function generateTrace(options: DemandOptions): Trace {
  const { seed, users = 12, days = 14, startMs = defaultStartMs, zoneHours = 0, name = `generated ${seed}` } = options;
  const random = seededRandom(seed);
  const people = numbers(users).map((number) => newPerson(random, number, zoneHours));
  const nights = numbers(Math.ceil(users / figures.nightly.usersEach)).map((n) => newNightly(random, n, zoneHours));
  const builder = newJobBuilder();
  const add = (made: Iterable<NewJob>) => {
    for (const each of made) {
      const whole = { ...each, submitSeconds: Math.round(each.submitSeconds) };
      const inside = whole.submitSeconds >= 0 && whole.submitSeconds < days * 86_400;
      if (inside) builder.add({ ...whole, durationSeconds: Math.max(1, Math.round(each.durationSeconds)) });
    }
  };
  // a day before and after, for other time zones
  for (const day of numbers(days + 2).map((number) => dayOf(startMs, number - 2))) {
    for (const person of people) add(workday(person, day));
    for (const night of nights) add(nightly(night, day));
  }
  return builder.finish({ name, startMs }).trace;
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

function dayOf(startMs: number, number: number): Day {
  const midnight = dayStart(startMs) + number * dayMs;
  const weekday = new Date(midnight).getUTCDay();
  return { weekday: weekday > 0 && weekday < 6, seconds: (midnight - startMs) / 1000 };
}

function* workday(person: Person, { weekday, seconds }: Day): Generator<NewJob> {
  const { random, attendance, startHour, hours, zoneHours } = person;
  if (!chance(random, attendance * (weekday ? 1 : figures.hours.weekend))) return;
  const begin = seconds + (startHour - zoneHours) * 3600;
  const end = begin + hours * 3600;
  for (let left = 1 + random.integer(3); left > 0; left -= 1) {
    const activity = pickWeighted(random, activities(person));
    yield* sessions[activity](person, between(random, begin, end), end);
  }
}

function activities({ habits }: Person): [[Activity, number], ...[Activity, number][]] {
  const { develop, interactive, sweep, gang } = habits;
  return [
    ["develop", develop],
    ["interactive", interactive],
    ["sweep", sweep],
    ["gang", gang],
  ];
}

/** Comes by itself at its minute, and once more when it failed. */
function* nightly(night: Nightly, { weekday, seconds }: Day): Generator<NewJob> {
  const { random, zoneHours, secondOfDay, everyDay } = night;
  const { jitterSeconds, spread, failing } = figures.nightly;
  if (!weekday && !everyDay) return;
  const at = seconds + secondOfDay - zoneHours * 3600 + random.next() * jitterSeconds;
  const usual = night.seconds * logNormal(random, 1, spread);
  if (!chance(random, failing))
    return yield { ...job(night, at, night.gpus), durationSeconds: usual, status: "passed" };
  const failedSeconds = usual * random.next();
  yield { ...job(night, at, night.gpus), durationSeconds: failedSeconds, status: "failed" };
  yield { ...job(night, at + failedSeconds + 300, night.gpus), durationSeconds: usual, status: "passed" };
}
