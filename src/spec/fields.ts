import * as v from "valibot";

import { durationOf, quantityOf } from "../kernel/quantity.ts";

// In this folder a schema's message is what the field expects, worded to follow "expected ".

type Entries = Record<string, v.GenericSchema>;

/**
 * A mapping with these fields and no others. Unlike valibot's own, it reports every unknown field, gives a missing
 * field that field's own message, and does not take a list for a mapping.
 */
export function mapping<const E extends Entries>(entries: E, expected: string): v.StrictObjectSchema<E, string> {
  // an unknown field is only ever reported with the fields that are known: they travel in its message
  const schema = open(entries, v.never(Object.keys(entries).join(" ")), expected);
  // what a rest of `never` amounts to
  return schema as unknown as v.StrictObjectSchema<E, string>;
}

/** As `mapping`, with further fields of the user's choice. */
export function open<const E extends Entries, const R extends v.GenericSchema>(entries: E, rest: R, expected: string) {
  const required = Object.keys(entries).filter((key) => entries[key]?.type !== "optional");
  return onlyMappings(v.objectWithRest(entries, rest, expected), required);
}

/** A mapping whose keys are all chosen by the user. */
export function record<K extends v.BaseSchema<string, string, v.BaseIssue<unknown>>, V extends v.GenericSchema>(
  key: K,
  value: V,
  expected: string,
) {
  return onlyMappings(v.record(key, value, expected), []);
}

/** `required` keys are put in, as undefined, where they are missing: their own schemas then say what they expect. */
function onlyMappings<S extends v.GenericSchema>(schema: S, required: readonly string[]): S {
  const run = schema["~run"];
  return Object.assign(schema, {
    "~run"(dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) {
      return run.call(schema, { value: asMapping(dataset.value, required) }, config);
    },
  });
}

function asMapping(value: unknown, required: readonly string[]): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return { ...Object.fromEntries(required.map((key) => [key, undefined])), ...value };
}

/** Text that matches a pattern. */
export function pattern(regex: RegExp, expected: string) {
  return v.pipe(v.string(expected), v.regex(regex, expected));
}

/** Text that is one of those listed. */
export function oneOf<const T extends string>(options: readonly T[], expected = `one of ${options.join(", ")}`) {
  return v.picklist(options, expected);
}

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number, expected: string) {
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(least, expected), v.maxValue(most, expected));
}

const durationPattern = /^([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+$/;

/** A duration such as `90s` or `1h30m`, from `leastMs` on. Karpenter knows whole seconds only. */
export function duration(expected: string, leastMs: number) {
  const fits = (text: string) => {
    const ms = durationOf(text) ?? Number.NaN;
    return ms >= leastMs && ms % 1000 === 0 && ms <= Number.MAX_SAFE_INTEGER;
  };
  return v.pipe(v.string(expected), v.regex(durationPattern, expected), v.check(fits, expected));
}

const quantityPattern = /^([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?$/;

/** A Kubernetes quantity, as a number or as text, of at least `least` units. */
export function quantity(expected: string, least: number) {
  const fits = (value: string | number) => {
    const amount = quantityOf(value) ?? Number.NaN;
    return Number.isFinite(amount) && amount >= least;
  };
  return v.pipe(
    v.union([v.number(expected), v.pipe(v.string(expected), v.regex(quantityPattern, expected))], expected),
    v.check(fits, expected),
  );
}
