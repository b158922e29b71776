import { partSchema, patchKeys, type Schema } from "../schema/schema.ts";
import { arrayOr, isObject, type JsonObject, without } from "./json.ts";

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
  const positionOf = positionsOf(keys, original);
  const matched = new Set(patch.map(positionOf));
  const kept = original.filter((_, index) => !matched.has(index));
  const written = items
    .filter((item) => directiveOf(item) !== "delete")
    .map((item) => strategicMerge(schema?.items, original[positionOf(item) ?? -1], item));
  return interleave(kept, written, (item) => positionOf(item) ?? -1);
}

/** Where the same item stands in a list, found by its key, or in a set by its value. */
function positionsOf([key]: readonly string[], list: readonly unknown[]): (item: unknown) => number | undefined {
  const textOf = (item: unknown) => JSON.stringify(key !== undefined && isObject(item) ? { key: item[key] } : [item]);
  const positions = new Map<string, number>();
  for (const [index, item] of list.entries()) if (!positions.has(textOf(item))) positions.set(textOf(item), index);
  return (item) => positions.get(textOf(item));
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
  const positionOf = positionsOf(keys, order);
  const rank = (item: unknown) => positionOf(item) ?? order.length;
  return [...list].sort((a, b) => rank(a) - rank(b));
}
