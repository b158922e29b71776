import type { Saveable } from "./forecaster.ts";
import { check, checkMethod } from "./memory.ts";
import type { Arrivals } from "./recurrence-clusters.ts";

/** What came when, by key. */
export interface ArrivalLog extends Saveable {
  add(key: string, atSeconds: number, amount: number): void;
  of(key: string): Arrivals | undefined;
  entries(): Iterable<readonly [string, Arrivals]>;
  forgetBefore(seconds: number): void;
}

interface Known extends Arrivals {
  readonly atSeconds: number[];
  readonly amount: number[];
}

const maxArrivalsOfKey = 512;
/** The key that nothing came for in the longest time is forgotten first. */
const maxKeys = 5000;

export function arrivalLog(): ArrivalLog {
  const keys = new Map<string, Known>();
  return {
    add: (key, atSeconds, amount) => {
      const known = keys.get(key) ?? { atSeconds: [], amount: [] };
      known.atSeconds.push(atSeconds);
      known.amount.push(amount);
      if (known.atSeconds.length > maxArrivalsOfKey) drop(known, maxArrivalsOfKey / 4);
      keys.delete(key);
      keys.set(key, known);
      if (keys.size > maxKeys) keys.delete(keys.keys().next().value as string);
    },
    of: (key) => keys.get(key),
    entries: () => keys,
    forgetBefore: (seconds) => {
      for (const [key, known] of keys) {
        const first = known.atSeconds.findIndex((at) => at >= seconds);
        if (first < 0) keys.delete(key);
        else if (first > 0) drop(known, first);
      }
    },
    save: () => ({
      method: "arrivals",
      version: 1,
      values: Object.fromEntries(
        [...keys].map(([key, known]) => [key, known.atSeconds.flatMap((at, index) => [at, known.amount[index] ?? 0])]),
      ),
    }),
    restore: (saved) => {
      checkMethod(saved, "arrivals");
      keys.clear();
      for (const [key, value] of Object.entries(saved.values)) keys.set(key, knownOf(key, value));
    },
  };
}

function drop(known: Known, first: number): void {
  known.atSeconds.splice(0, first);
  known.amount.splice(0, first);
}

function knownOf(key: string, value: unknown): Known {
  const flat: readonly unknown[] = Array.isArray(value) ? value : [];
  const holds = flat.length > 0 && flat.length % 2 === 0 && flat.every((each) => Number.isFinite(each));
  check(holds, "arrivals", `${key} is not times and amounts`);
  const every = (remainder: number) => (flat as readonly number[]).filter((_, index) => index % 2 === remainder);
  return { atSeconds: every(0), amount: every(1) };
}
