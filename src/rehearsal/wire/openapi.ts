import { createHash } from "node:crypto";
import { isObject, type JsonObject } from "../core/json.ts";
import type { Kind } from "../core/kinds.ts";
import { builtinSchema, typeNameOf } from "../schema/builtin-types.ts";
import type { Schema } from "../schema/schema.ts";
import type { Answer } from "./answer.ts";
import { descriptionsOf } from "./type-descriptions.ts";

interface Document {
  readonly text: string;
  readonly hash: string;
}

/** gnostic's openapi.v2.Document with `swagger: "2.0"`, an empty `info` and no `paths`: all that kubectl needs of it. */
const emptyV2 = Buffer.from("0a03322e3012004200", "hex");
const v2Type = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

/** By the kinds there are: a registry that changes has another list of them. */
const made = new WeakMap<readonly Kind[], ReadonlyMap<string, Document>>();

/** `/openapi/v2` and `/openapi/v3…`; undefined for any other path. */
export function openApi(kinds: readonly Kind[], pathname: string): Answer | undefined {
  if (pathname === "/openapi/v2") return { text: emptyV2, contentType: v2Type };
  if (!pathname.startsWith("/openapi/v3")) return undefined;
  const documents = made.get(kinds) ?? documentsOf(kinds);
  made.set(kinds, documents);
  const document = documents.get(pathname.slice("/openapi/v3".length).replace(/^\//, ""));
  return document && { text: document.text, headers: { etag: `"${document.hash}"`, vary: "Accept" } };
}

function documentsOf(kinds: readonly Kind[]): ReadonlyMap<string, Document> {
  const documents = [...new Set(kinds.map(({ apiVersion }) => apiVersion))].map((apiVersion) => {
    const served = kinds.filter((kind) => kind.apiVersion === apiVersion);
    return [`${apiVersion.includes("/") ? "apis" : "api"}/${apiVersion}`, hashed(documentOf(served))] as const;
  });
  const paths = documents.map(([path, { hash }]) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }]);
  return new Map([["", hashed({ paths: Object.fromEntries(paths) })], ...documents]);
}

function hashed(document: object): Document {
  const text = JSON.stringify(document);
  return { text, hash: createHash("sha256").update(text).digest("hex").toUpperCase() };
}

function documentOf(kinds: readonly Kind[]): object {
  const schemas: JsonObject = {};
  for (const kind of kinds) schemas[componentOf(kind)] = rootSchema(kind, schemas);
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: kinds[0]?.version },
    paths: Object.fromEntries(kinds.flatMap(pathsOf)),
    components: { schemas },
  };
}

const parameter = { in: "query", schema: { type: "string", uniqueItems: true } };
const writing = ["dryRun", "fieldManager", "fieldValidation"].map((name) => ({ name, ...parameter }));

function pathsOf(kind: Kind): [string, object][] {
  const { group, version, apiVersion, plural, namespaced } = kind;
  const start = `/${group === "" ? "api" : "apis"}/${apiVersion}`;
  const list = namespaced ? `${start}/namespaces/{namespace}/${plural}` : `${start}/${plural}`;
  const gvk = { "x-kubernetes-group-version-kind": { group, version, kind: kind.kind } };
  const content = { "application/json": { schema: { $ref: `#/components/schemas/${componentOf(kind)}` } } };
  const responses = { 200: { description: "OK", content } };
  const reading = (action: string) => ({ ...gvk, "x-kubernetes-action": action, responses });
  const write = (action: string) => ({ ...reading(action), parameters: writing });
  return [
    [list, { get: reading("list"), post: write("post") }],
    [`${list}/{name}`, { get: reading("get"), put: write("put"), patch: write("patch") }],
  ];
}

/** As `io.k8s.api.batch.v1.Job`, `sh.karpenter.v1.NodePool`: clients show the last part. */
function componentOf({ group, version, kind, custom }: Kind): string {
  const domain = custom ? group.split(".").reverse().join(".") : `io.k8s.api.${group.split(".")[0] || "core"}`;
  return `${domain}.${version}.${kind}`;
}

/** A kind's schema, with what all objects have. */
function rootSchema(kind: Kind, schemas: JsonObject): object {
  const { group, version, schema = { type: "object" }, leftOut } = kind;
  const metadata = builtinSchema("v1", "Pod")?.properties?.["metadata"] ?? {};
  const common = { apiVersion: { type: "string" }, kind: { type: "string" }, metadata } as const;
  const root = converted({ ...schema, properties: { ...schema.properties, ...common } }, typeNameOf(schema), schemas);
  return {
    ...root,
    ...(leftOut !== undefined && { description: leftOut }),
    "x-kubernetes-group-version-kind": [{ group, version, kind: kind.kind }],
  };
}

/** A reference to a component where the schema has a name of its own, else the schema itself. */
function referenced(schema: Schema, schemas: JsonObject): object {
  const name = typeNameOf(schema);
  if (name === undefined) return converted(schema, undefined, schemas);
  const key = `io.k8s.api.v1.${name}`;
  if (schemas[key] === undefined) {
    // Taken before its parts are looked at
    schemas[key] = {};
    schemas[key] = converted(schema, name, schemas);
  }
  return { $ref: `#/components/schemas/${key}` };
}

function converted(schema: Schema, name: string | undefined, schemas: JsonObject): object {
  const { properties, items, additionalProperties: values, ...rest } = schema;
  const words = name === undefined ? undefined : descriptionsOf(name);
  const fields = Object.entries(properties ?? {}).map(([field, part]) => {
    const description = words?.fields[field];
    const inner = referenced(part, schemas);
    return [field, description === undefined ? inner : described(inner, description)];
  });
  return {
    ...rest,
    ...(words?.type !== undefined && { description: words.type }),
    ...(properties && { properties: Object.fromEntries(fields) }),
    ...(items && { items: referenced(items, schemas) }),
    ...(isObject(values)
      ? { additionalProperties: referenced(values, schemas) }
      : values && { additionalProperties: values }),
  };
}

/** Beside a reference OpenAPI 3.0 has no room for words. */
function described(schema: object, description: string): object {
  return "$ref" in schema ? { allOf: [schema], description } : { ...schema, description };
}
