import { partSchema, patchKeys, type Schema } from "../schema/schema.ts";
import { arrayOr, equal, isObject, type JsonObject, without } from "./json.ts";

/** Strategic merge patch: as a merge patch, but lists with keys are merged item by item; with its `$` directives. */
export function strategicMerge(schema: Schema | undefined, target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  if (patch["$patch"] === "replace") return without(patch, "$patch");
  if (patch["$patch"] === "delete") return {};
  const result: JsonObject = { ...(isObject(target) ? target : {}) };
  for (const [key, value] of Object.entries(patch)) {
    if (!key.startsWith("$")) mergeField(partSchema(schema, key), result, key, value);
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith("$")) directive(schema, result, key, value);
  }
  return result;
}

function mergeField(schema: Schema | undefined, result: JsonObject, key: string, value: unknown): void {
  if (value === null) delete result[key];
  else if (Array.isArray(value)) result[key] = mergeList(schema, result[key], value);
  else result[key] = strategicMerge(schema, result[key], value);
}

function mergeList(schema: Schema | undefined, target: unknown, patch: readonly unknown[]): unknown[] {
  const keys = patchKeys(schema);
  const items = patch.filter((item) => directiveOf(item) !== "replace");
  if (keys === undefined || items.length < patch.length) return items;
  const original = arrayOr<unknown>(target);
  const find = (list: readonly unknown[], item: unknown) => list.find((other) => sameItem(keys, other, item));
  const matched = patch.map((item) => find(original, item));
  const kept = original.filter((item) => !matched.includes(item));
  const written = items
    .filter((item) => directiveOf(item) !== "delete")
    .map((item) => strategicMerge(schema?.items, find(original, item), item));
  return interleave(kept, written, (item) => original.findIndex((other) => sameItem(keys, other, item)));
}

function directiveOf(item: unknown): unknown {
  return isObject(item) ? item["$patch"] : undefined;
}

/** Old items keep their order; what the patch adds comes before them (mergeSortedSlice of apimachinery). */
function interleave(kept: readonly unknown[], written: readonly unknown[], rank: (item: unknown) => number): unknown[] {
  const result: unknown[] = [];
  let next = 0;
  for (const item of written) {
    while (next < kept.length && rank(item) >= 0 && rank(kept[next]) < rank(item)) result.push(kept[next++]);
    result.push(item);
  }
  return [...result, ...kept.slice(next)];
}

/** The same item of a list: by its key, or by value in a set. */
function sameItem([key]: readonly string[], a: unknown, b: unknown): boolean {
  return key !== undefined && isObject(a) && isObject(b) ? equal(a[key], b[key]) : equal(a, b);
}

function directive(schema: Schema | undefined, result: JsonObject, key: string, value: unknown): void {
  const [name, field = ""] = key.split("/");
  const list = result[field];
  const keys = patchKeys(partSchema(schema, field)) ?? [];
  if (!Array.isArray(value)) return;
  if (name === "$retainKeys") {
    for (const other of Object.keys(result)) if (!value.includes(other)) delete result[other];
  } else if (!Array.isArray(list)) return;
  else if (name === "$deleteFromPrimitiveList") result[field] = list.filter((item) => !value.includes(item));
  else if (name === "$setElementOrder") result[field] = ordered(list, value, keys);
}

/** The listed items first, in the order given; the others keep their place behind them. */
function ordered(list: readonly unknown[], order: readonly unknown[], keys: readonly string[]): unknown[] {
  const rank = (item: unknown) => {
    const index = order.findIndex((other) => sameItem(keys, item, other));
    return index < 0 ? order.length : index;
  };
  return [...list].sort((a, b) => rank(a) - rank(b));
}
