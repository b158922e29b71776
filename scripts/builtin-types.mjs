// Makes the table of Kubernetes' built-in types: their fields and types as @kubernetes/client-node's generated models
// have them, with what those lack (protobuf numbers, merge keys, Go's omitempty) from kubernetes-facts.json.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import facts from "./kubernetes-facts.json" with { type: "json" };

/** The kinds whose types are needed: those served, and those that only come in or go out. */
const kinds = {
  v1: ["Namespace", "Node", "Pod", "Event", "ConfigMap", "Secret", "ServiceAccount", "Binding"],
  "meta.k8s.io/v1": ["DeleteOptions"],
  "batch/v1": ["Job"],
  "apps/v1": ["Deployment", "ReplicaSet"],
  "autoscaling/v1": ["Scale"],
  "policy/v1": ["PodDisruptionBudget", "Eviction"],
  "coordination.k8s.io/v1": ["Lease"],
  "scheduling.k8s.io/v1": ["PriorityClass"],
  "rbac.authorization.k8s.io/v1": ["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"],
  "authorization.k8s.io/v1": ["SelfSubjectAccessReview", "SelfSubjectRulesReview"],
  "authentication.k8s.io/v1": ["SelfSubjectReview"],
  "apiextensions.k8s.io/v1": ["CustomResourceDefinition"],
};
const prefix = /^(Core|Rbac|Apiextensions)?V1/;
const formats = { "date-time-micro": "micro-time", "date-time": "time", double: "double", byte: "byte" };

/** The text of src/rehearsal/schema/builtin-types.json. */
export async function builtinTypes() {
  const types = {};
  const queue = Object.values(kinds).flat();
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (types[name] !== undefined) continue;
    types[name] = {};
    queue.push(...describe(name, await fieldsOf(name), types));
  }
  const lines = (object) =>
    Object.keys(object)
      .sort()
      .map((name) => `    "${name}": ${JSON.stringify(object[name])}`);
  return `{\n  "kinds": {\n${lines(kinds).join(",\n")}\n  },\n  "types": {\n${lines(types).join(",\n")}\n  }\n}\n`;
}

/** Adds a type's line of the table, and those of the types it embeds; gives the types that these refer to. */
function describe(name, fields, types) {
  const known = facts[name] ?? {};
  const lines = {};
  const taken = new Set();
  const found = [];
  for (const [key, fact] of Object.entries(known)) {
    if (key === "") lines[""] = fact;
    if (!key.startsWith("+")) continue;
    const embedded = key.slice(1);
    const inner = fields.filter((field) => field.name in facts[embedded]);
    for (const field of inner) taken.add(field.name);
    types[embedded] ??= {};
    found.push(...describe(embedded, inner, types));
    lines[key] = fact;
  }
  for (const { name: field, type, required } of fields) {
    const [number = "0", ...tokens] = (known[field] ?? "").split(" ").filter(Boolean);
    if (taken.has(field)) continue;
    const isQuantity = tokens[0] === "quantity";
    const exact = isQuantity ? type.replace("string", tokens.shift()) : type;
    lines[field] = [number, exact, ...tokens, ...(required ? ["required"] : [])].join(" ");
    const message = /[A-Z]\w*/.exec(type)?.[0];
    if (message !== undefined) found.push(message);
  }
  types[name] = lines;
  return found;
}

async function fieldsOf(name) {
  const { [name]: model, text } = await load(name);
  const isKind = model.attributeTypeMap.some(({ baseName }) => baseName === "metadata");
  return model.attributeTypeMap
    .filter(({ baseName }) => !isKind || !["apiVersion", "kind"].includes(baseName))
    .map(({ name: property, baseName, type, format }) => ({
      name: baseName,
      type: typeText(type, format),
      required: text.includes(`    '${property}': `),
    }));
}

async function load(name) {
  const base = new URL("../node_modules/@kubernetes/client-node/dist/gen/models/", import.meta.url);
  for (const start of ["V1", "CoreV1", "RbacV1", "ApiextensionsV1"]) {
    const url = new URL(`${start}${name}`, base);
    const module = await import(`${url}.js`).catch(() => undefined);
    if (module === undefined) continue;
    return { [name]: module[`${start}${name}`], text: await readFile(fileURLToPath(`${url}.d.ts`), "utf8") };
  }
  throw new Error(`@kubernetes/client-node has no model of ${name}`);
}

/** `[X]` for a list, `{X}` for a map with any keys. Schemas in schemas would go on for ever. */
function typeText(type, format) {
  const [, list] = /^Array<(.*)>$/.exec(type) ?? [];
  const [, map] = /^\{ \[key: string\]: (.*); \}$/.exec(type) ?? [];
  if (list) return `[${typeText(list, format)}]`;
  if (map) return `{${typeText(map, format)}}`;
  if (type === "V1JSONSchemaProps") return "any";
  if (type === "number") return format || "int32";
  return formats[format] ?? (type === "IntOrString" ? "int-or-string" : type.replace(prefix, ""));
}
