import { arrayOr, equal, isObject, type JsonObject, without } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { listMergeOf } from "./list-keys.ts";

/** Strategic merge patch: as a merge patch, but lists with keys are merged item by item; with its `$` directives. */
export function strategicMerge(kind: Kind, target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  if (patch["$patch"] === "replace") return without(patch, "$patch");
  if (patch["$patch"] === "delete") return {};
  const result: JsonObject = { ...(isObject(target) ? target : {}) };
  for (const [key, value] of Object.entries(patch)) {
    if (!key.startsWith("$")) mergeField(kind, result, key, value);
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith("$")) directive(kind, result, key, value);
  }
  return result;
}

function mergeField(kind: Kind, result: JsonObject, key: string, value: unknown): void {
  if (value === null) delete result[key];
  else if (Array.isArray(value)) result[key] = mergeList(kind, key, result[key], value);
  else result[key] = strategicMerge(kind, result[key], value);
}

function mergeList(kind: Kind, field: string, target: unknown, patch: readonly unknown[]): unknown[] {
  const merge = listMergeOf(kind, field);
  const items = patch.filter((item) => directiveOf(item) !== "replace");
  if (merge === undefined || items.length < patch.length) return items;
  const original = arrayOr<unknown>(target);
  const find = (list: readonly unknown[], item: unknown) => list.find((other) => sameItem(merge.keys, other, item));
  const kept = original.filter((item) => find(patch, item) === undefined);
  const written = items
    .filter((item) => directiveOf(item) !== "delete")
    .map((item) => strategicMerge(kind, find(original, item), item));
  return interleave(kept, written, (item) => original.findIndex((other) => sameItem(merge.keys, other, item)));
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

/** The same item of a list: by its first key (a patch may leave out the others), or by value in a set. */
function sameItem(keys: readonly string[], a: unknown, b: unknown): boolean {
  const [key] = keys;
  if (key === undefined || !isObject(a) || !isObject(b)) return equal(a, b);
  return (
    equal(a[key], b[key]) &&
    keys.every((other) => a[other] === undefined || b[other] === undefined || equal(a[other], b[other]))
  );
}

function directive(kind: Kind, result: JsonObject, key: string, value: unknown): void {
  const [name, field = ""] = key.split("/");
  const list = result[field];
  const keys = listMergeOf(kind, field)?.keys ?? [];
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
