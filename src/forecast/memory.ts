import { Failure } from "../kernel/failure.ts";
import type { Saveable, Saved } from "./forecaster.ts";

/**
 * All that a forecaster has learned: named numbers, and columns of numbers whose length does not change. `bin` counts bins
 * and `next` is a place in the column `ring`: a saved one that is neither is refused, as nothing would be found again.
 */
export type Memory = Record<string, number | Float64Array>;

/** `save` and `restore` for a forecaster that keeps all it knows in `memory` and in its parts. */
export function saveable(method: string, version: number, memory: Memory, parts: readonly Saveable[] = []): Saveable {
  return {
    save: () => ({
      method,
      version,
      values: Object.fromEntries(Object.entries(memory).map(([name, value]) => [name, asJson(value)])),
      ...(parts.length > 0 ? { parts: parts.map((part) => part.save()) } : {}),
    }),
    restore: (saved) => {
      check(saved?.method === method, method, `it was saved by ${String(saved?.method)}`);
      check(saved.version === version, method, `it has version ${saved.version}, not ${version}`);
      check((saved.parts ?? []).length === parts.length, method, "it is made of other forecasters");
      const read = Object.entries(memory).map(([name, value]) => [name, fromJson(method, name, value, saved)] as const);
      checkPlaces(method, read);
      for (const [index, part] of parts.entries()) part.restore((saved.parts ?? [])[index] as Saved);
      for (const [name, value] of read) assign(memory, name, value);
    },
  };
}

function checkPlaces(method: string, read: readonly (readonly [string, number | Float64Array])[]): void {
  const ring = read.find(([name]) => name === "ring")?.[1];
  const most = { bin: Number.MAX_SAFE_INTEGER, next: (ring instanceof Float64Array ? ring.length : 1) - 1 };
  for (const [name, value] of read) {
    if (name !== "bin" && name !== "next") continue;
    check(Number.isInteger(value) && +value >= 0 && +value <= most[name], method, `${name} is no place: ${value}`);
  }
}

/** Refuses what another method saved, or this one in another version than its first. */
export function checkMethod(saved: Saved, method: string): void {
  check(saved?.method === method && saved.version === 1, method, "it is of another kind or version");
}

/** Refuses a saved state, saying why. */
export function check(holds: boolean, method: string, why: string): asserts holds {
  if (holds) return;
  throw new Failure("FILE_INVALID", `this is not what ${method} has learned`, {
    why,
    fix: "leave it out: the forecaster learns anew",
  });
}

const asJson = (value: number | Float64Array) =>
  typeof value === "number" ? finite(value) : Array.from(value, (each) => finite(each));

const finite = (value: number) => (Number.isFinite(value) ? value : null);

function fromJson(method: string, name: string, like: number | Float64Array, saved: Saved): number | Float64Array {
  const value = saved.values?.[name];
  if (typeof like === "number") return toNumber(method, name, value);
  check(Array.isArray(value) && value.length === like.length, method, `${name} is not ${like.length} numbers`);
  return Float64Array.from(value, (each: unknown) => toNumber(method, name, each));
}

function toNumber(method: string, name: string, value: unknown): number {
  if (value === null) return Number.NaN;
  check(typeof value === "number" && Number.isFinite(value), method, `${name} holds ${JSON.stringify(value)}`);
  return value;
}

function assign(memory: Memory, name: string, value: number | Float64Array): void {
  const own = memory[name];
  if (own instanceof Float64Array && value instanceof Float64Array) own.set(value);
  else memory[name] = value;
}
