import { lowerBound } from "../kernel/lower-bound.ts";
import { count } from "../kernel/text.ts";
import { isWeekend } from "./calendar.ts";

const daySeconds = 86_400;
/** Two arrivals are at the same time of day if they are no further apart than this. */
export const sameTimeSeconds = 900;
/** Days of a kind that count, and of these, how many have to have seen it. */
export const lookBack = 5;
const leastSeen = 3;

/** Columns of one key's arrivals, in order of time. */
export interface Arrivals {
  readonly atSeconds: readonly number[];
  readonly amount: readonly number[];
}

/** What came at about one time on several days, moved to the day that it is expected on. */
export interface Cluster {
  readonly atSeconds: number;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly amount: number;
  readonly seen: number;
  readonly of: number;
  readonly evidence: string;
}

/** A day, as the number of days since the epoch, with its weekday and the second it starts at. */
export interface TargetDay {
  readonly weekday: number;
  readonly startSeconds: number;
  /** Days before it that anything is known of. */
  readonly knownDays: number;
}

interface Calendar {
  readonly noun: string;
  readonly shifts: readonly number[];
  /** Without any of these having seen it, it does not count. */
  readonly needed?: ReadonlySet<number> | undefined;
}

/** What is expected on the day, from the last 5 days of its kind; of two readings of one time the surer one. */
export function clustersOn(day: TargetDay, arrivals: Arrivals): Cluster[] {
  if (arrivals.atSeconds.length < leastSeen) return [];
  const surest: Cluster[] = [];
  const all = calendarsOf(day).flatMap((calendar) => clustersBy(calendar, day, arrivals));
  for (const each of all.sort((a, b) => b.seen / b.of - a.seen / a.of || b.of - a.of)) {
    if (surest.every((other) => Math.abs(other.atSeconds - each.atSeconds) > 2 * sameTimeSeconds)) surest.push(each);
  }
  return surest;
}

function calendarsOf({ weekday, knownDays }: TargetDay): Calendar[] {
  const kindOf = (shift: number) => isWeekend((((weekday - shift) % 7) + 7) % 7);
  const before = Array.from({ length: Math.min(knownDays, 7 * lookBack) }, (_, index) => index + 1);
  const likeIt = before.filter((shift) => kindOf(shift) === isWeekend(weekday)).slice(0, lookBack);
  return [
    { noun: isWeekend(weekday) ? "weekend day" : "weekday", shifts: likeIt },
    { noun: weekdays[weekday] ?? "day", shifts: before.filter((shift) => shift % 7 === 0).slice(0, lookBack) },
    { noun: "day", shifts: before.slice(0, lookBack), needed: new Set(likeIt) },
  ];
}

const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

function clustersBy({ noun, shifts, needed }: Calendar, day: TargetDay, arrivals: Arrivals): Cluster[] {
  const moved = shifts.flatMap((shift) => movedBy(shift, day.startSeconds, arrivals));
  const found: Cluster[] = [];
  for (const anchor of moved) {
    if (found.some((each) => Math.abs(each.atSeconds - anchor.at) <= 2 * sameTimeSeconds)) continue;
    const near = moved.filter((each) => Math.abs(each.at - anchor.at) <= sameTimeSeconds);
    const seenOn = [...new Set(near.map((each) => each.shift))];
    if (seenOn.length < leastSeen || (needed && !seenOn.some((shift) => needed.has(shift)))) continue;
    const ofDays = seenOn.map((shift) => near.filter((each) => each.shift === shift));
    const firsts = ofDays.map((each) => Math.min(...each.map(({ at }) => at))).sort((a, b) => a - b);
    found.push({
      atSeconds: median(firsts),
      fromSeconds: firsts[0] ?? anchor.at,
      toSeconds: firsts[firsts.length - 1] ?? anchor.at,
      amount: median(ofDays.map((each) => each.reduce((sum, { amount }) => sum + amount, 0)).sort((a, b) => a - b)),
      seen: seenOn.length,
      of: shifts.length,
      evidence: `${seenOn.length} of the last ${count(shifts.length, noun)}`,
    });
  }
  return found;
}

interface Moved {
  readonly at: number;
  readonly amount: number;
  readonly shift: number;
}

/** Arrivals so many days before, on the day's own axis; those a little outside the day are of use at midnight. */
function movedBy(shift: number, startSeconds: number, { atSeconds, amount }: Arrivals): Moved[] {
  const moved: Moved[] = [];
  const from = startSeconds - shift * daySeconds - sameTimeSeconds;
  for (
    let index = lowerBound(atSeconds.length, (at) => (atSeconds[at] ?? 0) < from);
    index < atSeconds.length;
    index += 1
  ) {
    const at = atSeconds[index] ?? Number.NaN;
    if (at >= from + daySeconds + 2 * sameTimeSeconds) break;
    moved.push({ at: at + shift * daySeconds, amount: amount[index] ?? 0, shift });
  }
  return moved;
}

const median = (sorted: readonly number[]) => sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
