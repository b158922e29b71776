import { below, copyJson, isObject, type JsonObject } from "../core/json.ts";
import { partSchema, type Schema } from "./schema.ts";

/** Fills in defaults, in place, from the outside in. A null that a field may not have counts as absent. */
export function applyDefaults(schema: Schema | undefined, value: unknown): void {
  if (Array.isArray(value)) for (const item of value) applyDefaults(schema?.items, item);
  if (!isObject(value) || schema === undefined) return;
  const names = new Set([...Object.keys(schema.properties ?? {}), ...Object.keys(value)]);
  for (const name of names) defaultField(value, name, partSchema(schema, name), isDeclared(schema, name));
}

function defaultField(object: JsonObject, name: string, field: Schema | undefined, declared: boolean): void {
  if (field === undefined) return;
  if (object[name] === null && field.nullable !== true) delete object[name];
  if (object[name] === undefined && field.default !== undefined && declared) object[name] = copyJson(field.default);
  applyDefaults(field, object[name]);
}

function isDeclared({ properties = {} }: Schema, name: string): boolean {
  return Object.hasOwn(properties, name);
}

/** Removes fields that the schema does not know, in place; gives their paths. */
export function prune(schema: Schema | undefined, value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => prune(schema?.items, item, `${path}[${index}]`));
  if (!isObject(value)) return [];
  return Object.keys(value).flatMap((name) => {
    const where = below(path, name);
    const field = partSchema(schema, name);
    if (field !== undefined) return prune(field, value[name], where);
    if (keepsUnknown(schema, name)) return [];
    delete value[name];
    return [where];
  });
}

const ofEveryObject = ["apiVersion", "kind", "metadata"];

function keepsUnknown(schema: Schema | undefined, name: string): boolean {
  return (
    schema?.["x-kubernetes-preserve-unknown-fields"] === true ||
    schema?.additionalProperties === true ||
    (schema?.["x-kubernetes-embedded-resource"] === true && ofEveryObject.includes(name))
  );
}
