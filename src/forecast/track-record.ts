import type { Saveable } from "./forecaster.ts";
import { check, checkMethod } from "./memory.ts";

/** An expectation of something that was seen on `seen` of the last `of` days. */
export interface Expectation {
  readonly key: string;
  readonly seen: number;
  readonly of: number;
}

/** How likely expectations come true, from how often they did. */
export interface TrackRecord extends Saveable {
  chance(expectation: Expectation): number;
  settle(expectation: Expectation, came: boolean): void;
}

/** So many earlier expectations weigh as much as what is known more generally. */
const priorWeight = 3;
/** What an expectation weighs after each newer one. */
const fading = 0.98;
const maxKeys = 5000;

type Tally = [made: number, came: number];

/**
 * By the share of days and by the key itself: a nightly job keeps its word, and a user who is busy all day is often seen at
 * the same time by chance. Shrunk to all of that share, and these to what the share says by itself.
 */
export function trackRecord(): TrackRecord {
  const tallies = new Map<string, Tally>();
  const blended = (name: string, prior: number) => {
    const [made, came] = tallies.get(name) ?? [0, 0];
    return (came + priorWeight * prior) / (made + priorWeight);
  };
  const add = (name: string, came: boolean) => {
    const [made, held] = tallies.get(name) ?? [0, 0];
    tallies.delete(name);
    tallies.set(name, [made * fading + 1, held * fading + (came ? 1 : 0)]);
    if (tallies.size > maxKeys) tallies.delete(tallies.keys().next().value as string);
  };
  return {
    chance: ({ key, seen, of }) => blended(`/${key}`, blended(level(seen, of), (seen + 0.5) / (of + 1))),
    settle: ({ key, seen, of }, came) => {
      add(level(seen, of), came);
      add(`/${key}`, came);
    },
    save: () => ({ method: "track-record", version: 1, values: Object.fromEntries(tallies) }),
    restore: (saved) => {
      checkMethod(saved, "track-record");
      tallies.clear();
      for (const [name, value] of Object.entries(saved.values)) tallies.set(name, tallyOf(value));
    },
  };
}

const level = (seen: number, of: number) => `${Math.round((5 * seen) / of)} of 5`;

function tallyOf(value: unknown): Tally {
  const [made, came]: unknown[] = Array.isArray(value) ? value : [];
  const holds = typeof made === "number" && typeof came === "number" && came >= 0 && came <= made;
  check(holds, "track-record", `${JSON.stringify(value)} is no count`);
  return [made as number, came as number];
}
