/** A JSON object whose fields are not known. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value if it is an object, else an empty one: for reading what may be absent. */
export function objectOr(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The object in a field, put there when there is none. */
export function objectIn(parent: JsonObject, field: string): JsonObject {
  const found = objectOr(parent[field]);
  parent[field] = found;
  return found;
}

/** The value's elements if it is an array, else none. */
export function arrayOr<T = JsonObject>(value: unknown): readonly T[] {
  return Array.isArray(value) ? value : [];
}

/** A deep copy as JSON would make it: without `undefined`; and without `__proto__`, which would not stay a field. */
export function copyJson<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (value instanceof Date) return value.toISOString();
  if (!isObject(value)) return value;
  const result: JsonObject = {};
  for (const key of Object.keys(value)) {
    const field = value[key];
    if (field !== undefined && key !== "__proto__") result[key] = copy(field);
  }
  return result;
}

/** Freezes a value and all below it; what is frozen already is taken to be frozen below. */
export function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const field of Object.values(value)) freeze(field);
  return Object.freeze(value);
}

export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && equal(a[key], b[key]));
}

/** The value at a dotted path, such as `spec.nodeName`. */
export function at(object: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), object);
}

/** The path of a field of what is at a path: the root has none. */
export function below(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** A copy without some fields. */
export function without(object: JsonObject, ...keys: string[]): JsonObject {
  const result: JsonObject = {};
  for (const key of Object.keys(object)) if (!keys.includes(key)) result[key] = object[key];
  return result;
}
