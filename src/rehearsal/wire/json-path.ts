import { isObject } from "../core/json.ts";

const step =
  /\.((?:\\.|[^.[\]\\])+)|\[\?\(\s*@((?:\.[\w-]+)+)\s*==\s*(?:"([^"]*)"|'([^']*)')\s*\)\]|\[["']([^"']*)["']\]|\[(\d+|\*)\]/gy;

/** What is at a JSONPath as printer columns write it: `.a.b`, `.a\.b`, `['a']`, `[0]`, `[*]`, `[?(@.type=="Ready")]`. */
export function jsonPath(value: unknown, path: string): unknown[] {
  let found = [value];
  for (const match of path.matchAll(step)) found = found.flatMap(below(match));
  return found.filter((one) => one !== undefined && one !== null);
}

function below([, field, where, double, single, key, index]: RegExpMatchArray): (value: unknown) => unknown[] {
  const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  if (where !== undefined)
    return (value) => items(value).filter((item) => jsonPath(item, where)[0] === (double ?? single));
  if (index !== undefined)
    return (value) => (index === "*" ? items(value) : items(value).slice(Number(index), Number(index) + 1));
  const name = key ?? (field ?? "").replaceAll(/\\(.)/g, "$1");
  return (value) => (isObject(value) && Object.hasOwn(value, name) ? [value[name]] : []);
}
