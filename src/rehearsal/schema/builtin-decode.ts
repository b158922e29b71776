import { below, isObject, type JsonObject } from "../core/json.ts";
import { type Field, fieldsOf, isBuiltinType } from "./builtin-types.ts";
import { canonicalQuantity } from "./canonical-quantity.ts";

/** What decoding found beside the value. */
export interface Decoded {
  readonly value: JsonObject;
  /** Paths of fields that the type does not have, such as `spec.containers[0].foo`. They are dropped. */
  readonly unknown: readonly string[];
}

/** Why a value does not fit its type, as Go's decoder says it. */
export class DecodeError extends Error {}

/** By type, what is filled in where a field is absent. */
type Defaults = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Where decoding stands, for what is said when something is wrong. */
interface Place {
  readonly unknown: string[];
  readonly defaults: Defaults;
  /** The Go struct, as errors name it. */
  readonly struct: string;
  /** As strict decoding names it: `spec.containers[0].foo`. */
  readonly path: string;
  /** As errors name it: without indices and keys. */
  readonly fields: string;
  readonly goType?: string | undefined;
}

/**
 * A copy of a built-in kind's object as the API server would give it back: read into Go's types and written again.
 * Fields that the type lacks go, and so do nulls and what Go leaves out when empty; what it always writes is there.
 * Fails with `DecodeError` on the first value of a wrong type. Nothing is required. Source: encoding/json, k8s.io/api.
 */
export function decodeBuiltin(type: string, value: unknown, defaults: Defaults = {}): Decoded {
  const place = rootPlace(type, defaults);
  if (!isObject(value))
    throw new DecodeError(`json: cannot unmarshal ${wordFor(value)} into Go value of type v1.${type}`);
  const { apiVersion, kind, ...fields } = value;
  const rest = decodeStruct(type, fields, place);
  const named = { ...(apiVersion !== undefined && { apiVersion }), ...(kind !== undefined && { kind }) };
  return { value: { ...named, ...rest }, unknown: place.unknown };
}

function rootPlace(struct: string, defaults: Defaults): Place {
  return { unknown: [], defaults, struct, path: "", fields: "" };
}

function decodeStruct(type: string, value: JsonObject, place: Place): JsonObject {
  const result: JsonObject = {};
  const fields = fieldsOf(type);
  for (const name of Object.keys(value)) {
    const field = fields.get(name);
    // Nearly every value is a plain one that fits: where it stands matters only for the others
    if (field !== undefined && isPlain(field.type, value[name])) {
      if (field.empty !== "omitted" || value[name]) result[name] = value[name];
    } else if (value[name] !== undefined) decodeField(type, [name, value[name]], place, result);
  }
  return filledIn(type, result, place.defaults);
}

function filledIn(type: string, result: JsonObject, defaults: Defaults): JsonObject {
  const own = defaults[type];
  for (const name in own) if (isUnset(type, name, result[name])) result[name] = own[name];
  for (const { name, empty, type: inner } of alwaysWritten(type))
    if (result[name] === undefined) result[name] = empty === "null" ? null : zeroOf(inner, defaults);
  return result;
}

/** An empty text counts as none where Go cannot tell the two. */
function isUnset(type: string, name: string, value: unknown): boolean {
  return value === undefined || (value === "" && fieldsOf(type).get(name)?.empty === "written");
}

function isPlain(type: string, value: unknown): boolean {
  return (type === "string" || type === "boolean") && typeof value === type;
}

function decodeField(struct: string, [name, value]: [string, unknown], place: Place, result: JsonObject): void {
  const field = fieldsOf(struct).get(name);
  const { unknown, defaults, path, fields } = place;
  const here = below(path, name);
  if (field === undefined) unknown.push(here);
  if (field === undefined || value === null) return;
  const inside = { unknown, defaults, struct, path: here, fields: below(fields, name), goType: field.goType };
  const inner = decode(field.type, value, inside);
  if (field.empty !== "omitted" || !isEmpty(inner)) result[name] = inner;
}

const written = new Map<string, readonly Field[]>();

function alwaysWritten(type: string): readonly Field[] {
  const found = written.get(type);
  if (found !== undefined) return found;
  const made = [...fieldsOf(type).values()].filter(({ empty }) => empty === "null" || empty === "written");
  written.set(type, made);
  return made;
}

function decode(type: string, value: unknown, place: Place): unknown {
  if (type.startsWith("[")) return decodeList(type.slice(1, -1), value, place);
  if (type.startsWith("{")) return decodeMap(type.slice(1, -1), value, place);
  if (!isBuiltinType(type)) return decoders[type]?.(value, type, place);
  return isObject(value) ? decodeStruct(type, value, place) : refuse(value, type, place);
}

function decodePart(type: string, value: unknown, step: string, place: Place): unknown {
  if (isPlain(type, value)) return value;
  if (value === null) return zeroOf(type, place.defaults);
  return decode(type, value, { ...place, path: place.path + step });
}

function decodeList(items: string, value: unknown, place: Place): unknown[] {
  if (!Array.isArray(value)) return refuse(value, `[${items}]`, place);
  return value.map((item, index) => decodePart(items, item, `[${index}]`, place));
}

function decodeMap(values: string, value: unknown, place: Place): JsonObject {
  if (!isObject(value)) return refuse(value, `{${values}}`, place);
  const result: JsonObject = {};
  for (const key of Object.keys(value))
    if (value[key] !== undefined && key !== "__proto__") result[key] = decodePart(values, value[key], `.${key}`, place);
  return result;
}

const decoders: Record<string, (value: unknown, type: string, place: Place) => unknown> = {
  string: (value, type, place) => (typeof value === "string" ? value : refuse(value, type, place)),
  boolean: (value, type, place) => (typeof value === "boolean" ? value : refuse(value, type, place)),
  double: (value, type, place) => (typeof value === "number" ? value : refuse(value, type, place)),
  int32: (value, type, place) => decodeInteger(value, type, place, 2 ** 31),
  int64: (value, type, place) => decodeInteger(value, type, place, 2 ** 63),
  byte: decodeBytes,
  time: decodeTime,
  "micro-time": decodeTime,
  quantity: decodeQuantity,
  "int-or-string": (value) =>
    typeof value === "string" || Number.isInteger(value) ? value : refuseValue(value, "int32"),
  any: (value) => value,
};

function decodeInteger(value: unknown, type: string, place: Place, limit: number): number {
  if (typeof value !== "number") return refuse(value, type, place);
  const fits = Number.isInteger(value) && value >= -limit && value < limit;
  return fits ? value : refuse(value, type, place, `number ${value}`);
}

function decodeBytes(value: unknown, type: string, place: Place): string {
  if (typeof value !== "string") return refuse(value, type, place);
  const text = value.replace(/[\r\n]/g, "");
  const fits = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  const wrong = text.search(/[^A-Za-z0-9+/]/);
  if (!fits)
    throw new DecodeError(
      `illegal base64 data at input byte ${wrong === -1 ? text.length - (text.length % 4) : wrong}`,
    );
  return text;
}

/** Times come back in UTC, whole seconds or microseconds. */
function decodeTime(value: unknown, type: string): string {
  if (typeof value !== "string") return refuseValue(value, "string");
  if (type === "time" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return value;
  const match = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,9}))?(?:Z|[+-]\d\d:\d\d)$/.exec(value);
  const layout = type === "time" ? "2006-01-02T15:04:05Z07:00" : "2006-01-02T15:04:05.000000Z07:00";
  if (match === null || Number.isNaN(Date.parse(value)))
    throw new DecodeError(
      `parsing time ${JSON.stringify(value)} as "${layout}": cannot parse ${JSON.stringify(value)} as "2006"`,
    );
  const seconds = new Date(value).toISOString().slice(0, 19);
  return type === "time" ? `${seconds}Z` : `${seconds}.${(match[1] ?? "").slice(0, 6).padEnd(6, "0")}Z`;
}

function decodeQuantity(value: unknown): string {
  const text = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
  const canonical = canonicalQuantity(text);
  if (canonical === undefined)
    throw new DecodeError(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  return canonical;
}

function refuse(value: unknown, type: string, place: Place, word = wordFor(value)): never {
  const { struct, fields, goType } = place;
  const wanted = goTypeText(type, goType);
  throw new DecodeError(`json: cannot unmarshal ${word} into Go struct field ${struct}.${fields} of type ${wanted}`);
}

/** Types that decode themselves do not know where they stand. */
function refuseValue(value: unknown, goType: string): never {
  const word = typeof value === "number" && goType === "int32" ? `number ${value}` : wordFor(value);
  throw new DecodeError(`json: cannot unmarshal ${word} into Go value of type ${goType}`);
}

function wordFor(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

const goPlain: Record<string, string> = {
  boolean: "bool",
  double: "float64",
  byte: "[]uint8",
  quantity: "resource.Quantity",
};

function goTypeText(type: string, goType: string | undefined): string {
  if (type.startsWith("[")) return `[]${goTypeText(type.slice(1, -1), goType)}`;
  if (type === "{quantity}") return "v1.ResourceList";
  if (type.startsWith("{")) return `map[string]${goTypeText(type.slice(1, -1), goType)}`;
  if (isBuiltinType(type)) return `v1.${type}`;
  if (goType !== undefined && type === "string") return goType.includes(".") ? goType : `v1.${goType}`;
  return goPlain[type] ?? type;
}

function zeroOf(type: string, defaults: Defaults): unknown {
  if (/^(\[|\{|time|micro-time|any)/.test(type)) return null;
  if (isBuiltinType(type)) return decodeStruct(type, {}, rootPlace(type, defaults));
  if (type === "boolean") return false;
  if (type === "string" || type === "byte") return "";
  return type === "quantity" ? "0" : 0;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) ? Object.keys(value).length === 0 : !value;
}
