import { equal, isObject, type JsonObject, without } from "./json.ts";
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
  if (merge === undefined || patch.some((item) => isObject(item) && item["$patch"] === "replace")) {
    return patch.filter((item) => !(isObject(item) && item["$patch"] === "replace"));
  }
  const result = Array.isArray(target) ? [...target] : [];
  for (const item of patch) {
    const index = result.findIndex((other) => sameItem(merge.keys, other, item));
    if (isObject(item) && item["$patch"] === "delete") {
      if (index >= 0) result.splice(index, 1);
    } else if (index < 0) result.push(strategicMerge(kind, undefined, item));
    else result[index] = strategicMerge(kind, result[index], item);
  }
  return result;
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
