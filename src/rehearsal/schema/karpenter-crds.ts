import type { Column } from "../core/kinds.ts";
import type { CrdSpec, CrdVersion } from "./crd.ts";
import table from "./karpenter-crds.json" with { type: "json" };
import type { Schema } from "./schema.ts";

// The table holds the CRDs of Karpenter v1.14.1 (pkg/apis/crds of sigs.k8s.io/karpenter and of its AWS provider), written
// anew: they accept and refuse the same, in the same words. But `kubelet` takes any settings, as newer CRDs have it.
// Its types are written as in builtin-types.json: a type, or `[X]` or `{X}` of one, then traits: `1..9` is a range of
// values, of characters, of items or of keys. The entry with no name has the traits of the type itself.
const types: Record<string, string | Record<string, string>> = table.types;
const patterns: Record<string, string> = table.patterns;
const ruleGroups: Record<string, Record<string, string | undefined>> = table.rules;

const plain: Record<string, Schema> = {
  string: { type: "string" },
  boolean: { type: "boolean" },
  integer: { type: "integer" },
  int32: { type: "integer", format: "int32" },
  int64: { type: "integer", format: "int64" },
  any: { "x-kubernetes-preserve-unknown-fields": true },
  quantity: {
    anyOf: [{ type: "integer" }, { type: "string" }],
    ...{ pattern: table.patterns.quantity, "x-kubernetes-int-or-string": true },
  },
};

function schemaOf(type: string): Schema {
  if (type.startsWith("[")) return { type: "array", items: schemaOf(type.slice(1, -1)) };
  if (type.startsWith("{")) return { type: "object", additionalProperties: schemaOf(type.slice(1, -1)) };
  const entry = types[type];
  if (typeof entry === "string") return fieldSchema(entry);
  return plain[type] ?? objectSchema(entry ?? {});
}

function objectSchema({ "": traits = "", ...fields }: Record<string, string>): Schema {
  const properties = Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, fieldSchema(text)]));
  const required = Object.keys(fields).filter((name) => / required\b/.test(fields[name] ?? ""));
  return withTraits({ type: "object", properties, ...(required.length > 0 && { required }) }, traits.split(" "));
}

function fieldSchema(text: string): Schema {
  const [type = "", ...traits] = text.split(" ");
  return withTraits(schemaOf(type), traits);
}

function withTraits(schema: Schema, words: readonly string[]): Schema {
  return Object.assign({}, schema, ...words.map((word) => traitOf(schema, word)));
}

const traits: Record<string, (text: string, type: Schema["type"]) => Schema> = {
  atomic: (_, type) => ({ [`x-kubernetes-${type === "array" ? "list" : "map"}-type`]: "atomic" }),
  set: () => ({ "x-kubernetes-list-type": "set" }),
  map: (key) => ({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [key] }),
  open: () => ({ "x-kubernetes-preserve-unknown-fields": true }),
  enum: (text) => ({ enum: text.split("|") }),
  format: (format) => ({ format }),
  pattern: (text) => ({ pattern: patterns[text] ?? text }),
  default: (text) => ({ default: /^([[{].*|\d+)$/.test(text) ? JSON.parse(text) : text }),
  rules: (names) => ({ "x-kubernetes-validations": names.split(",").flatMap(rulesOf) }),
};

function traitOf({ type }: Schema, word: string): Schema {
  const [, least, most] = /^(\d*)\.\.(\d*)$/.exec(word) ?? [];
  if (least !== undefined && most !== undefined) return rangeOf(type, least, most);
  const [, name = "", text = ""] = /^(\w+):?(.*)$/.exec(word) ?? [];
  return traits[name]?.(text, type) ?? {};
}

const ranges: Partial<Record<string, readonly [least: string, most: string]>> = {
  string: ["minLength", "maxLength"],
  array: ["minItems", "maxItems"],
  object: ["minProperties", "maxProperties"],
};

function rangeOf(type = "", least: string, most: string): Schema {
  const [minimum, maximum] = ranges[type] ?? ["minimum", "maximum"];
  return { ...(least && { [minimum]: Number(least) }), ...(most && { [maximum]: Number(most) }) };
}

const listed = (names: readonly string[]) => names.map((name) => `'${name}'`).join(", ");

function rulesOf(group: string) {
  return Object.entries(ruleGroups[group] ?? {}).map(([message, rule = ""]) => ({
    message,
    rule: rule
      .replace("{labels}", listed(table.words.labels))
      .replace("{launchLabels}", listed(table.words.launchLabels)),
  }));
}

function columnsOf(all: Record<string, string>, traits: Partial<Column> = {}): Column[] {
  return Object.entries(all).map(([name, text]) => {
    const [jsonPath = "", type = "string"] = text.split(" ").reverse();
    return { name, ...traits, jsonPath, type: type as Column["type"] };
  });
}

function crdSpec({ kind, apiVersion, plural, columns, wide, ...traits }: (typeof table.kinds)[number]): CrdSpec {
  const [group = "", name = ""] = apiVersion.split("/");
  const { scale, namespaced, ...words } = { scale: undefined, namespaced: false, ...traits };
  const { properties, ...root } = schemaOf(kind);
  const text: Schema = { type: "string" };
  const all = { apiVersion: text, kind: text, metadata: { type: "object" } as const, ...properties };
  const version: CrdVersion = {
    ...{ name, served: true, storage: true, schema: { openAPIV3Schema: { ...root, properties: all } } },
    subresources: { status: {}, ...(scale && { scale }) },
    additionalPrinterColumns: [...columnsOf(columns), ...columnsOf(wide, { priority: 1 })],
  };
  const names = { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List`, ...words };
  const scope = namespaced ? "Namespaced" : "Cluster";
  return { group, names, scope, versions: [version], conversion: { strategy: "None" } };
}

/** The kinds that every cluster of the rehearsal has beside Kubernetes' own, as CustomResourceDefinitions. */
export const karpenterCrds: readonly CrdSpec[] = table.kinds.map(crdSpec);
