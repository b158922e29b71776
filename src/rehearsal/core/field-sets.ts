import { arrayOr, equal, isObject, type JsonObject } from "./json.ts";
import { listMergeOf } from "./list-keys.ts";

/**
 * A set of fields as `managedFields[].fieldsV1` writes it: `f:name` for a field, `k:{…}` for a list item by its keys,
 * `v:…` for an item of a set. An empty node is a member, and so is one with the entry `.`.
 */
export interface FieldSet {
  [step: string]: FieldSet;
}

interface Comparison {
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

interface KindTraits {
  readonly custom: boolean;
  readonly kind: string;
}

/** The parts of an object or of a merged list by step, or undefined for what is owned as a whole. */
export function partsOf(
  kind: KindTraits,
  field: string,
  value: unknown,
): Map<string, [field: string, value: unknown]> | undefined {
  if (isObject(value)) return new Map(Object.entries(value).map(([key, part]) => [`f:${key}`, [key, part]]));
  const merge = listMergeOf(kind, field);
  if (!Array.isArray(value) || merge === undefined || merge.atomicInApply) return undefined;
  return new Map(value.map((item) => [itemStep(merge.keys, item), ["", item]]));
}

function itemStep(keys: readonly string[], item: unknown): string {
  if (keys.length === 0 || !isObject(item)) return `v:${JSON.stringify(item)}`;
  const present = keys.filter((key) => item[key] !== undefined);
  return `k:${JSON.stringify(Object.fromEntries(present.map((key) => [key, item[key]])))}`;
}

/** Every field of a value. */
export function fieldsOf(kind: KindTraits, field: string, value: unknown): FieldSet {
  const set: FieldSet = {};
  // The common case, without the detour by parts: this runs for every field of every new object
  if (isObject(value)) for (const key of Object.keys(value)) set[`f:${key}`] = fieldsOf(kind, key, value[key]);
  else
    for (const [step, [name, part]] of partsOf(kind, field, value) ?? [])
      set[step] = stepFields(kind, step, name, part);
  return set;
}

/** A list item is a member itself, beside its fields. */
function stepFields(kind: KindTraits, step: string, name: string, part: unknown): FieldSet {
  const below = fieldsOf(kind, name, part);
  return step.startsWith("k:") ? { ".": {}, ...below } : below;
}

/** Fields of `after` that are new or different, and fields of `before` that are gone. */
export function compareFields(kind: KindTraits, field: string, before: unknown, after: unknown): Comparison {
  const [old, now] = [partsOf(kind, field, before), partsOf(kind, field, after)];
  const result: Comparison = { changed: {}, removed: {} };
  for (const [step, [name, value]] of now ?? []) {
    const was = old?.get(step);
    if (was === undefined) result.changed[step] = stepFields(kind, step, name, value);
    else if (!equal(was[1], value)) compareStep(kind, step, name, was[1], value, result);
  }
  for (const [step, [name, value]] of old ?? []) {
    if (!now?.has(step)) result.removed[step] = stepFields(kind, step, name, value);
  }
  return result;
}

function compareStep(
  kind: KindTraits,
  step: string,
  name: string,
  before: unknown,
  after: unknown,
  result: Comparison,
): void {
  const divisible = hasParts(kind, name, before) && hasParts(kind, name, after);
  if (!divisible) {
    result.changed[step] = fieldsOf(kind, name, after);
    if (hasParts(kind, name, before)) result.removed[step] = fieldsOf(kind, name, before);
    return;
  }
  const below = compareFields(kind, name, before, after);
  if (!isEmpty(below.changed)) result.changed[step] = below.changed;
  if (!isEmpty(below.removed)) result.removed[step] = below.removed;
}

function hasParts(kind: KindTraits, field: string, value: unknown): boolean {
  return (partsOf(kind, field, value)?.size ?? 0) > 0;
}

export function isEmpty(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

/** Whether the node itself, not only what is below it, belongs to the set. */
function isMember(node: FieldSet | undefined): boolean {
  return node !== undefined && (isEmpty(node) || "." in node);
}

/** Fields of either set. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, [...Object.keys(a), ...Object.keys(b)], (mine, other) => mine || other, union);
}

/** Fields of both sets. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, Object.keys(a), (mine, other) => mine && other, intersection);
}

/** Fields of `a` that are not in `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, Object.keys(a), (mine, other) => mine && !other, difference);
}

function combine(
  a: FieldSet,
  b: FieldSet,
  steps: readonly string[],
  keeps: (mine: boolean, other: boolean) => boolean,
  below: (mine: FieldSet, other: FieldSet) => FieldSet,
): FieldSet {
  const result: FieldSet = {};
  for (const step of steps) {
    if (step === "." || step in result) continue;
    const [mine, other] = [a[step], b[step]];
    const inner = below(mine ?? {}, other ?? {});
    if (!keeps(isMember(mine), isMember(other))) {
      if (!isEmpty(inner)) result[step] = inner;
    } else result[step] = isEmpty(inner) ? {} : { ".": {}, ...inner };
  }
  return result;
}

/** The members as paths: steps from the root. */
export function pathsOf(set: FieldSet): string[][] {
  return Object.entries(set).flatMap(([step, below]) => {
    if (step === ".") return [];
    const inner = pathsOf(below).map((path) => [step, ...path]);
    return isMember(below) ? [[step], ...inner] : inner;
  });
}

/** A path as messages show it: `.spec.containers[name="c"].image`. */
export function pathText(path: readonly string[]): string {
  return path.map(stepText).join("");
}

function stepText(step: string): string {
  if (step.startsWith("f:")) return `.${step.slice(2)}`;
  if (step.startsWith("v:")) return `[=${step.slice(2)}]`;
  const keys = Object.entries(JSON.parse(step.slice(2)) as JsonObject);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(",")}]`;
}

/** The value without the fields at these paths; what becomes empty by that goes too. */
export function removeFields(kind: KindTraits, field: string, value: unknown, gone: FieldSet): unknown {
  if (isEmpty(gone)) return undefined;
  const parts = partsOf(kind, field, value);
  if (parts === undefined) return value;
  const kept = [...parts].flatMap(([step, [name, part]]) => {
    const below = gone[step];
    if (below === undefined) return [[name, part] as const];
    const rest = "." in below ? undefined : removeFields(kind, name, part, below);
    return rest === undefined ? [] : [[name, rest] as const];
  });
  if (kept.length === 0) return undefined;
  return Array.isArray(value) ? kept.map(([, part]) => part) : Object.fromEntries(kept);
}

/** The object with what was applied laid over it: fields and keyed items are merged, the rest is replaced. */
export function mergeApplied(kind: KindTraits, field: string, live: unknown, applied: unknown): unknown {
  if (isObject(applied)) {
    const result: JsonObject = { ...(isObject(live) ? live : {}) };
    for (const [key, value] of Object.entries(applied)) result[key] = mergeApplied(kind, key, result[key], value);
    return result;
  }
  const parts = partsOf(kind, field, applied);
  if (parts === undefined) return applied;
  const old = partsOf(kind, field, arrayOr(live)) ?? new Map<string, [string, unknown]>();
  const items = new Map([...old].map(([step, [, item]]) => [step, item]));
  for (const [step, [, item]] of parts) items.set(step, mergeApplied(kind, "", items.get(step), item));
  return [...items.values()];
}
