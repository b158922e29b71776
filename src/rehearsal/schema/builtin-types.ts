import { builtinDefaults } from "./builtin-defaults.ts";
import table from "./builtin-types.json" with { type: "json" };
import type { Schema } from "./schema.ts";

/** A field of a built-in type, as Go's k8s.io/api has it. */
export interface Field {
  readonly name: string;
  /** In protobuf; 0 where it has none. */
  readonly number: number;
  /** A type of the table, a plain one, or a list `[X]` or map `{X}` of these. */
  readonly type: string;
  /** Go leaves it out when it is empty, writes it always (null or its zero value), or keeps what is there. */
  readonly empty: "omitted" | "null" | "written" | "kept";
  /** A type of its own that Go has for the plain one, such as `RestartPolicy`. */
  readonly goType?: string;
  /** Its fields stand among those of the type that embeds it (but not in protobuf). */
  readonly embedded: boolean;
  readonly required: boolean;
  /** Traits of lists and maps: `atomic`, `set`, `map:KEYS`, `merge:KEY`, `retainKeys`. */
  readonly traits: readonly string[];
}

const types: Record<string, Record<string, string>> = table.types;
const schemas = new Map<string, Schema>();
const names = new WeakMap<Schema, string>();
const fields = new Map<string, readonly Field[]>();
const flattened = new Map<string, ReadonlyMap<string, Field>>();
const empties: Record<string, Field["empty"]> = { "?": "omitted", "~": "null", "!": "written" };

/** The schema of a kind that Kubernetes itself defines; its parts are shared with all other schemas. */
export function builtinSchema(apiVersion: string, kind: string): Schema | undefined {
  const type = builtinType(apiVersion, kind);
  return type === undefined ? undefined : schemaOf(type);
}

/** The type behind a kind, for `fieldsOf`. */
export function builtinType(apiVersion: string, kind: string): string | undefined {
  return (table.kinds as Record<string, string[]>)[apiVersion]?.includes(kind) ? kind : undefined;
}

/** The Go type that a schema of `builtinSchema` stands for, such as `PodSpec`. */
export function typeNameOf(schema: Schema): string | undefined {
  return names.get(schema);
}

export function isBuiltinType(type: string): boolean {
  return Object.hasOwn(types, type);
}

/** The fields of a type as JSON has them, by name. */
export function fieldsOf(type: string): ReadonlyMap<string, Field> {
  const found = flattened.get(type);
  if (found !== undefined) return found;
  const flat = ownFieldsOf(type).flatMap((field) => (field.embedded ? [...fieldsOf(field.type).values()] : [field]));
  const made = new Map(flat.map((field) => [field.name, field]));
  flattened.set(type, made);
  return made;
}

/** The fields of a type as protobuf has them: what is embedded is a field too. */
export function ownFieldsOf(type: string): readonly Field[] {
  const found = fields.get(type);
  if (found !== undefined) return found;
  const made = Object.entries(types[type] ?? {}).flatMap(([name, text]) => (name === "" ? [] : [fieldOf(name, text)]));
  fields.set(type, made);
  return made;
}

function fieldOf(name: string, text: string): Field {
  const [number = "", type = "", ...rest] = text.split(" ");
  const goType = rest.find((trait) => trait.startsWith("go:"))?.slice(3);
  return {
    name: name.replace("+", ""),
    number: Number.parseInt(number, 10),
    type,
    empty: empties[number.at(-1) ?? ""] ?? "kept",
    ...(goType !== undefined && { goType }),
    embedded: name.startsWith("+"),
    required: rest.includes("required"),
    traits: rest,
  };
}

const plain: Record<string, Schema> = {
  string: { type: "string" },
  boolean: { type: "boolean" },
  int32: { type: "integer", format: "int32" },
  int64: { type: "integer", format: "int64" },
  double: { type: "number", format: "double" },
  byte: { type: "string", format: "byte" },
  time: { type: "string", format: "date-time" },
  "micro-time": { type: "string", format: "date-time" },
  "int-or-string": { "x-kubernetes-int-or-string": true },
  quantity: { "x-kubernetes-int-or-string": true },
  any: { "x-kubernetes-preserve-unknown-fields": true },
};
const plainNames: Record<string, string> = {
  "int-or-string": "IntOrString",
  quantity: "Quantity",
  time: "Time",
  "micro-time": "MicroTime",
};
for (const [type, name] of Object.entries(plainNames)) if (plain[type]) names.set(plain[type], name);

function schemaOf(type: string): Schema {
  const found = plain[type] ?? schemas.get(type);
  if (found !== undefined) return found;
  const made = composed(type);
  schemas.set(type, made);
  if (isBuiltinType(type)) names.set(made, type);
  return made;
}

function composed(type: string): Schema {
  if (type.startsWith("[")) return { type: "array", items: schemaOf(type.slice(1, -1)) };
  if (type.startsWith("{")) return { type: "object", additionalProperties: schemaOf(type.slice(1, -1)) };
  const all = [...fieldsOf(type).values()];
  const required = all.filter((field) => field.required).map(({ name }) => name);
  return {
    type: "object",
    properties: Object.fromEntries(all.map((field) => [field.name, withTraits(type, field)])),
    ...(required.length > 0 && { required }),
    ...(types[type]?.[""] === "atomic" && { "x-kubernetes-map-type": "atomic" as const }),
  };
}

/** The schema of a field: that of its type, with its default and how its list or map is merged. */
function withTraits(owner: string, { name: field, type, traits }: Field): Schema {
  const schema = schemaOf(type);
  const value = builtinDefaults[owner]?.[field];
  const filledIn = value === undefined ? {} : { default: value };
  const extensions = Object.assign(filledIn, ...traits.map((trait) => extension(trait, type))) as Schema;
  if (Object.keys(extensions).length === 0) return schema;
  const made = { ...schema, ...extensions };
  const name = names.get(schema);
  if (name !== undefined) names.set(made, name);
  return made;
}

function extension(trait: string, type: string): Schema {
  const [word, keys = ""] = trait.split(":");
  switch (word) {
    case "atomic":
      return type.startsWith("[") ? { "x-kubernetes-list-type": "atomic" } : { "x-kubernetes-map-type": "atomic" };
    case "set":
      return { "x-kubernetes-list-type": "set" };
    case "map":
      return { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys.split(",") };
    case "merge":
      return {
        "x-kubernetes-patch-strategy": "merge",
        ...(keys !== "" && { "x-kubernetes-patch-merge-key": keys }),
      };
    case "retainKeys":
      return { "x-kubernetes-patch-strategy": type.startsWith("[") ? "merge,retainKeys" : "retainKeys" };
    default:
      return {};
  }
}
