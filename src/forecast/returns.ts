import type { Distribution } from "./distribution.ts";
import type { Saveable } from "./forecaster.ts";
import { check, checkMethod } from "./memory.ts";
import { type SketchKey, shrunkSketch } from "./shrunk-sketch.ts";

/** How a job ended, as far as it matters to what its user does next. */
export type Outcome = "passed" | "failed" | "killed" | "unknown";

/** When a user comes back after one of their jobs ended: failures are often tried again at once. */
export interface Returns extends Saveable {
  ended(user: string | number, outcome: Outcome, atSeconds: number): void;
  submitted(user: string | number, atSeconds: number): void;
  /**
   * The time from a job's end to its user's next submission, given that `idleSeconds` of it have passed already.
   * `below(x)` is the probability that they come back within x seconds of the job's end.
   */
  at(user: string | number, outcome: Outcome, atSeconds: number, idleSeconds?: number): Distribution;
}

const day = 86_400;
/** A user who is away for so long has not "come back" after that job: their next submission is a new start. */
const longestGap = 14 * day;
/** Ends of one user that wait for their next submission: as many as a sweep has jobs. */
const maxOpen = 256;

/**
 * Gaps of one user after one outcome, blended with all gaps of the user, with those of all users after this outcome, and
 * with all. A gap that nobody ended within 14 days counts as one of 14 days: users who leave are not forgotten.
 */
export function returns(halfLifeSeconds = 14 * day): Returns {
  const sketch = shrunkSketch({ halfLifeSeconds });
  const open = new Map<string, { readonly outcome: Outcome; readonly atSeconds: number }[]>();
  const close = (user: string, atSeconds: number) => {
    for (const end of open.get(user) ?? []) {
      const gap = Math.min(longestGap, atSeconds - end.atSeconds);
      // dated by its job: gaps that were long in coming are no fresher than short ones
      sketch.add(keysOf(user, end.outcome), gap, end.atSeconds);
    }
    open.delete(user);
  };
  /** Users are in the order in which their oldest open gap began. */
  const closeTheLost = (atSeconds: number) => {
    for (const [user, ends] of open) {
      if (atSeconds - (ends[0]?.atSeconds ?? atSeconds) < longestGap) return;
      close(user, atSeconds);
    }
  };
  return {
    ended: (user, outcome, atSeconds) => {
      closeTheLost(atSeconds);
      const ends = open.get(String(user)) ?? [];
      if (ends.length < maxOpen) ends.push({ outcome, atSeconds });
      open.set(String(user), ends);
    },
    submitted: (user, atSeconds) => close(String(user), atSeconds),
    at: (user, outcome, atSeconds, idleSeconds = 0) =>
      sketch.at(keysOf(String(user), outcome), atSeconds).above(idleSeconds),
    save: () => ({
      method: "returns",
      version: 1,
      values: Object.fromEntries(
        [...open].map(([user, ends]) => [user, ends.flatMap((end) => [outcomes.indexOf(end.outcome), end.atSeconds])]),
      ),
      parts: [sketch.save()],
    }),
    restore: (saved) => {
      const [ofSketch] = saved?.parts ?? [];
      checkMethod(saved, "returns");
      check(ofSketch !== undefined, "returns", "parts are missing");
      sketch.restore(ofSketch);
      open.clear();
      for (const [user, ends] of Object.entries(saved.values)) open.set(user, endsOf(ends));
    },
  };
}

const outcomes: readonly Outcome[] = ["passed", "failed", "killed", "unknown"];

function endsOf(value: unknown): { outcome: Outcome; atSeconds: number }[] {
  const flat: unknown[] = Array.isArray(value) ? value : [];
  return Array.from({ length: flat.length / 2 }, (_, index) => {
    const outcome = outcomes[flat[2 * index] as number];
    const atSeconds = flat[2 * index + 1];
    check(outcome !== undefined && typeof atSeconds === "number", "returns", `${flat[2 * index]} is no outcome`);
    return { outcome, atSeconds };
  });
}

const keysOf = (user: string, outcome: Outcome): SketchKey[] => [
  { key: `${user}|${outcome}` },
  { key: `${user}|` },
  { key: `|${outcome}` },
  { key: "*" },
];
