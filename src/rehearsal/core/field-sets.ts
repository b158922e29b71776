import { applyKeys, partSchema, type Schema } from "../schema/schema.ts";
import { arrayOr, equal, isObject, type JsonObject } from "./json.ts";

/**
 * A set of fields as `managedFields[].fieldsV1` writes it: `f:name` for a field, `k:{…}` for a list item by its keys,
 * `v:…` for an item of a set. An empty node is a member, and so is one with the entry `.`.
 */
export interface FieldSet {
  [step: string]: FieldSet;
}

/** Whether it is one: clients may write them too. */
export function isFieldSet(value: unknown): value is FieldSet {
  return isObject(value) && Object.entries(value).every(([step, below]) => isStep(step) && isFieldSet(below));
}

function isStep(step: string): boolean {
  if (step === "." || step.startsWith("f:")) return true;
  try {
    const key: unknown = JSON.parse(step.slice(2));
    return step.startsWith("v:") || (step.startsWith("k:") && isObject(key));
  } catch {
    return false;
  }
}

interface Comparison {
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

type Schemas = Schema | undefined;

/** A field of an object, or an item of a list: its name (none for an item), its schema, its value. */
type Part = readonly [name: string, schema: Schemas, value: unknown];

/** The parts of an object or of a merged list by step, or undefined for what is owned as a whole. */
function partsOf(schema: Schemas, value: unknown): Map<string, Part> | undefined {
  if (isObject(value)) {
    if (isAtomic(schema)) return undefined;
    return new Map(Object.keys(value).map((key) => [`f:${key}`, [key, partSchema(schema, key), value[key]]]));
  }
  const keys = applyKeys(schema);
  if (!Array.isArray(value) || keys === undefined) return undefined;
  return new Map(value.map((item) => [itemStep(schema, keys, item), ["", schema?.items, item]]));
}

function isAtomic(schema: Schemas): boolean {
  return schema?.["x-kubernetes-map-type"] === "atomic";
}

function itemStep(schema: Schemas, keys: readonly string[], item: unknown): string {
  if (keys.length === 0 || !isObject(item)) return `v:${JSON.stringify(item)}`;
  const named = keys.map((key) => [key, item[key] ?? keyDefault(schema, key)]);
  return `k:${JSON.stringify(Object.fromEntries(named.filter(([, value]) => value !== undefined)))}`;
}

/** A key that an item may leave out has a default, such as the protocol of a port. */
function keyDefault(schema: Schemas, key: string): unknown {
  return schema?.items?.properties?.[key]?.default;
}

const leaf: FieldSet = Object.freeze({});
const member: FieldSet = Object.freeze({ ".": leaf });

/** Where the steps so far lead: the set that they make, and what may follow. */
interface Shape {
  readonly up?: Shape;
  readonly step: string;
  readonly below: FieldSet;
  readonly next: Map<string, Map<FieldSet, Shape>>;
  set?: FieldSet;
}

// Objects that are made alike have the same sets of fields, half of what an object would take: they share them.
// So many shapes are remembered; then it begins anew, as some sets are of one object only
const mostShapes = 5000;
let shapes = 0;
let [ofFields, ofItem, ofSteps] = roots();

/** A root says with what its steps begin, and what its sets have from the start. */
function roots(): [Shape, Shape, Shape] {
  const root = (step: string, below: FieldSet): Shape => ({ step, below, next: new Map(), set: below });
  return [root("f:", leaf), root("f:", member), root("", leaf)];
}

function after(up: Shape, step: string, below: FieldSet): Shape {
  const steps = up.next.get(step) ?? new Map<FieldSet, Shape>();
  const known = steps.get(below);
  if (known !== undefined) return known;
  const made = { up, step, below, next: new Map() };
  up.next.set(step, steps.set(below, made));
  if (++shapes > mostShapes) [shapes, ofFields, ofItem, ofSteps] = [0, ...roots()];
  return made;
}

function setOf(shape: Shape): FieldSet {
  if (shape.set !== undefined) return shape.set;
  const steps: [string, FieldSet][] = [];
  let at = shape;
  for (; at.up !== undefined; at = at.up) steps.push([at.step, at.below]);
  const named = steps.reverse().map(([step, below]) => [`${at.step}${step}`, below]);
  shape.set = shared({ ...at.below, ...Object.fromEntries(named) });
  return shape.set;
}

/** The one frozen set for all that have the same members in the same order. */
export function shared(set: FieldSet): FieldSet {
  if (Object.isFrozen(set)) return set;
  let shape = ofSteps;
  for (const step of Object.keys(set)) shape = after(shape, step, shared(set[step] ?? leaf));
  shape.set ??= Object.freeze(Object.fromEntries(Object.keys(set).map((step) => [step, shared(set[step] ?? leaf)])));
  return shape.set;
}

/** Every field of a value. */
export function fieldsOf(schema: Schemas, value: unknown, isItem = false): FieldSet {
  if (typeof value !== "object" || value === null) return isItem ? member : leaf;
  let shape = isItem ? ofItem : ofFields;
  if (!Array.isArray(value) && !isAtomic(schema))
    for (const key of Object.keys(value))
      shape = after(shape, key, fieldsOf(partSchema(schema, key), (value as JsonObject)[key]));
  else if (!isItem) {
    shape = ofSteps;
    for (const [step, part] of partsOf(schema, value) ?? []) shape = after(shape, step, stepFields(step, part));
  }
  return setOf(shape);
}

/** A list item is a member itself, beside its fields. */
function stepFields(step: string, [, schema, value]: Part): FieldSet {
  return fieldsOf(schema, value, step.startsWith("k:"));
}

/** Fields of `after` that are new or different, and fields of `before` that are gone. */
export function compareFields(schema: Schemas, before: unknown, after: unknown): Comparison {
  const [old, now] = [partsOf(schema, before), partsOf(schema, after)];
  const result: Comparison = { changed: {}, removed: {} };
  for (const [step, part] of now ?? []) {
    const was = old?.get(step);
    if (was === undefined) result.changed[step] = stepFields(step, part);
    else if (!equal(was[2], part[2])) compareStep(step, was, part, result);
  }
  for (const [step, part] of old ?? []) {
    if (!now?.has(step)) result.removed[step] = stepFields(step, part);
  }
  return result;
}

function compareStep(step: string, [, , before]: Part, [, schema, after]: Part, result: Comparison): void {
  const divisible = hasParts(schema, before) && hasParts(schema, after);
  if (!divisible) {
    result.changed[step] = fieldsOf(schema, after);
    if (hasParts(schema, before)) result.removed[step] = fieldsOf(schema, before);
    return;
  }
  const below = compareFields(schema, before, after);
  if (!isEmpty(below.changed)) result.changed[step] = below.changed;
  if (!isEmpty(below.removed)) result.removed[step] = below.removed;
}

function hasParts(schema: Schemas, value: unknown): boolean {
  return (partsOf(schema, value)?.size ?? 0) > 0;
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
export function removeFields(schema: Schemas, value: unknown, gone: FieldSet): unknown {
  if (isEmpty(gone)) return undefined;
  const parts = partsOf(schema, value);
  if (parts === undefined) return value;
  const kept = [...parts].flatMap(([step, [name, below, part]]) => {
    const lost = gone[step];
    if (lost === undefined) return [[name, part] as const];
    const rest = "." in lost ? undefined : removeFields(below, part, lost);
    return rest === undefined ? [] : [[name, rest] as const];
  });
  if (kept.length === 0) return undefined;
  return Array.isArray(value) ? kept.map(([, part]) => part) : Object.fromEntries(kept);
}

/** The object with what was applied laid over it: fields and keyed items are merged, the rest is replaced. */
export function mergeApplied(schema: Schemas, live: unknown, applied: unknown): unknown {
  const parts = partsOf(schema, applied);
  if (parts === undefined) return applied;
  if (isObject(applied)) {
    const result: JsonObject = { ...(isObject(live) ? live : {}) };
    for (const [name, below, value] of parts.values()) result[name] = mergeApplied(below, result[name], value);
    return result;
  }
  const items = new Map([...(partsOf(schema, arrayOr(live)) ?? [])].map(([step, [, , item]]) => [step, item]));
  for (const [step, [, below, item]] of parts) items.set(step, mergeApplied(below, items.get(step), item));
  return [...items.values()];
}
