import fc from "fast-check";
import { afterAll, expect } from "vitest";

import { ApiError } from "../../../src/cluster/api.ts";
import type { AnyObject } from "../../../src/cluster/objects.ts";

/** How many cases of each kind there are, times what the suite asks for: `AURA_FUZZ_RUNS=10` for a long night. */
const factor = Number(process.env["AURA_FUZZ_RUNS"] ?? 1);
const seed = Number(process.env["AURA_FUZZ_SEED"] ?? 4);
/** So long may one case take at most, in milliseconds, on a machine that others use too. */
export const longestMs = 3000;

let total = 0;
let slowest = { ms: 0, what: "" };

/** Tries a property many times, counts the cases, and fails when one of them takes too long. */
export function cases<T>(what: string, arbitrary: fc.Arbitrary<T>, runs: number, check: (value: T) => void): void {
  fc.assert(
    fc.property(arbitrary, (value) => {
      const start = performance.now();
      check(value);
      const ms = performance.now() - start;
      if (ms > slowest.ms) slowest = { ms, what };
      total += 1;
      expect(ms).toBeLessThan(longestMs);
    }),
    runsOf(runs),
  );
}

/** Counts cases that `cases` did not try. */
export function counted(more: number): void {
  total += more;
}

export const runsOf = (runs: number) => ({ seed, numRuns: Math.ceil(runs * factor) });

afterAll(() => {
  process.stdout.write(`${total} cases, seed ${seed}; slowest ${Math.round(slowest.ms)} ms (${slowest.what})\n`);
});

/** What an action gives, or the refusal it fails with: any other failure is a bug, and so is a 5xx. */
export function tried<T>(action: () => T): { readonly value: T } | { readonly refused: ApiError } {
  try {
    return { value: action() };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    return { refused: error };
  }
}

const names = [
  "a",
  "b",
  "name",
  "key",
  "x.y/z",
  "f:a",
  "$patch",
  "__proto__",
  "constructor",
  "toString",
  "-",
  "",
  "0",
  "é",
];

/** A JSON value, with the names that JavaScript trips over. */
export const json: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 1e300, 2 ** 53, "", "a", "10Mi", "2020-01-01T00:00:00Z"),
    fc.string({ maxLength: 8 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.constantFrom(...names), tie("value")), { maxLength: 4 })
      .map((entries) => JSON.parse(`{${entries.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join()}}`)),
  ),
})).value;

/** Every place in a value, as the steps that lead there. */
export function placesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [[...path]];
  return [[...path], ...Object.entries(value).flatMap(([key, part]) => placesOf(part, [...path, key]))];
}

/** A copy with another value in one place (undefined: without it). */
export function replaced(value: unknown, [step, ...rest]: readonly string[], by: unknown): unknown {
  if (step === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  const inner = replaced(copy[step], rest, by);
  if (inner === undefined) delete copy[step];
  else Object.defineProperty(copy, step, { value: inner, enumerable: true, configurable: true, writable: true });
  return Array.isArray(copy) ? copy.filter(() => true) : copy;
}

/** One of these, with up to three places replaced by anything but its kind and its name. */
export function mutated<T extends AnyObject>(originals: readonly T[], most = 3): fc.Arbitrary<T> {
  const change = fc.tuple(fc.nat(), fc.oneof({ weight: 5, arbitrary: json }, fc.constant(undefined)));
  return fc.tuple(fc.constantFrom(...originals), fc.array(change, { maxLength: most })).map(([original, changes]) => {
    const changed = changes.reduce<unknown>((value, [at, by]) => {
      const places = placesOf(value).filter((place) => !fixed.includes(place.join(".")));
      return replaced(value, places[at % places.length] ?? ["none"], by);
    }, original);
    return changed as T;
  });
}

const fixed = ["", "apiVersion", "kind", "metadata", "metadata.name", "metadata.namespace"];

/** Nothing that every object inherits has changed. */
export function expectCleanPrototypes(): void {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(Object.keys(Array.prototype)).toEqual([]);
}
