import * as v from "valibot";

import { durationOf } from "../../kernel/quantity.ts";

/** One parameter of a fault. */
export interface Parameter<T> {
  readonly schema: v.GenericSchema<unknown, T>;
  /** What it says, for people. */
  readonly about: string;
  /** How its value is shown in help: `n`, `time`, `words`. */
  readonly placeholder: string;
}

/** What values a parameter takes. A command line gives them as text, a file also as numbers and lists. */
interface Sort<T> {
  readonly schema: v.GenericSchema<unknown, T>;
  readonly placeholder: string;
}

export function required<T>(about: string, sort: Sort<T>): Parameter<T> {
  return { ...sort, about };
}

/** Undefined when it is left out. */
export function optional<T>(about: string, { schema, placeholder }: Sort<T>): Parameter<T | undefined> {
  return { schema: v.optional(schema), placeholder, about };
}

export function withDefault<T>(about: string, { schema, placeholder }: Sort<T>, value: string | number): Parameter<T> {
  return { schema: v.optional(schema, value), placeholder, about: `${about} (default: ${value})` };
}

/** Whether any of the names is one of the words. */
export type Matcher = (...names: readonly string[]) => boolean;

/** Words as a list or parted by commas, `*` for any text in them; case does not matter. */
export const words: Sort<Matcher> = { schema: matcher(), placeholder: "words" };

/** A span of time in milliseconds, such as `90s` or `250ms`. */
export const duration: Sort<number> = { schema: span(/^/, "a span of time such as 90s or 250ms"), placeholder: "time" };

/** A span of time with a sign, such as `-30s`. */
export const shift: Sort<number> = { schema: span(/^[+-]/, "a span of time such as +5m or -30s"), placeholder: "time" };

/** A number from `least` to `most`. */
export function number(least: number, most: number): Sort<number> {
  return numeric(`a number from ${least} to ${most}`, (value) => value >= least && value <= most);
}

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number): Sort<number> {
  const fits = (value: number) => Number.isInteger(value) && value >= least && value <= most;
  return numeric(`a whole number from ${least} to ${most}`, fits);
}

function numeric(expected: string, fits: (value: number) => boolean): Sort<number> {
  const read = (given: unknown) => (typeof given === "string" && given.trim() !== "" ? Number(given) : given);
  const isNumber = (value: unknown) => typeof value === "number" && fits(value);
  return { schema: v.pipe(v.unknown(), v.transform(read), v.custom<number>(isNumber, expected)), placeholder: "n" };
}

function matcher() {
  const expected = "words such as pods or get,list";
  const text = v.pipe(v.string(expected), v.regex(/^[^\s,]+(,[^\s,]+)*$/, expected));
  const list = v.pipe(v.array(text, expected), v.minLength(1, expected));
  return v.pipe(v.union([text, list], expected), v.transform(matcherOf));
}

function matcherOf(given: string | string[]): Matcher {
  const patterns = [given].flat().flatMap((text) => text.split(","));
  if (patterns.includes("*")) return () => true;
  const escaped = patterns.map((text) => text.replace(/[\\^$.+?()[\]{}|]/g, "\\$&").replaceAll("*", ".*"));
  const expression = new RegExp(`^(${escaped.join("|")})$`, "i");
  return (...names) => names.some((name) => expression.test(name));
}

function span(sign: RegExp, expected: string) {
  const ms = (text: string) => (text.startsWith("-") ? -1 : 1) * (durationOf(text.replace(sign, "")) ?? Number.NaN);
  const fits = (text: string) => Number.isFinite(ms(text));
  return v.pipe(v.string(expected), v.check(fits, expected), v.transform(ms));
}
