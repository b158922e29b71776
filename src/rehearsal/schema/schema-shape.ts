import { below, equal, isObject, type JsonObject } from "../core/json.ts";
import { type Problem, problem } from "../core/status-errors.ts";
import { matches } from "./pattern.ts";
import { partSchema, type Schema } from "./schema.ts";
import { hasFormat } from "./schema-formats.ts";

/**
 * What is wrong with a value beside the CEL rules, worded as the API server does. What has not changed from `old` is
 * let pass even if it is wrong (validation ratcheting).
 */
export function checkShape(schema: Schema, value: unknown, old: unknown, path: string): Problem[] {
  if (value === null && schema.nullable === true) return [];
  if (old !== undefined && equal(value, old)) return [];
  const found = typeName(value);
  if (!typesOf(schema).some((type) => type === found || (type === "number" && found === "integer")))
    return [typeProblem(typesOf(schema).join(","), found, path)];
  return [
    ...checkAlternatives(schema, value, path),
    ...(typeof value === "string" ? checkText(schema, value, path) : []),
    ...(typeof value === "number" ? checkNumber(schema, value, path) : []),
    ...(Array.isArray(value) ? checkList(schema, value, old, path) : []),
    ...checkEnum(schema, value, path),
    ...(isObject(value) ? checkObject(schema, value, old, path) : []),
  ];
}

const anyType = ["object", "array", "string", "integer", "number", "boolean", "null"];

function typesOf({ type, "x-kubernetes-int-or-string": either }: Schema): readonly string[] {
  if (either === true) return ["integer", "string"];
  return type === undefined ? anyType : [type];
}

function typeProblem(expected: string, found: string, path: string): Problem {
  const message = `Invalid value: ${JSON.stringify(found)}: ${path} in body must be of type ${expected}: ${JSON.stringify(found)}`;
  return { field: path, reason: "FieldValueTypeInvalid", message };
}

function checkAlternatives({ anyOf, oneOf, allOf, not }: Schema, value: unknown, path: string): Problem[] {
  const among = (schemas: readonly Schema[]) => schemas.map((schema) => checkShape(schema, value, undefined, path));
  const fails = (text: string) => problem.invalid("<nil>", "", `"${path}" must ${text}`);
  const problems: Problem[] = [];
  const [any, one, all] = [anyOf, oneOf, allOf].map((schemas) => among(schemas ?? []));
  if (any?.length && any.every((found) => found.length > 0))
    problems.push(fails("validate at least one schema (anyOf)"), ...closest(any));
  const valid = one?.filter((found) => found.length === 0).length ?? 0;
  if (one?.length && valid !== 1) {
    const count = valid === 0 ? "Found none valid" : `Found ${valid} valid alternatives`;
    problems.push(fails(`validate one and only one schema (oneOf). ${count}`), ...(valid === 0 ? closest(one) : []));
  }
  const wrong = all?.filter((found) => found.length > 0) ?? [];
  if (wrong.length > 0) {
    const none = wrong.length === all?.length ? ". None validated" : "";
    problems.push(fails(`validate all the schemas (allOf)${none}`), ...wrong.flat());
  }
  if (not && checkShape(not, value, undefined, path).length === 0)
    problems.push(fails("not validate the schema (not)"));
  return problems;
}

function closest(alternatives: readonly Problem[][]): Problem[] {
  return alternatives.reduce((best, found) => (found.length < best.length ? found : best));
}

function checkText({ maxLength, minLength, pattern, format }: Schema, text: string, path: string): Problem[] {
  const length = [...text].length;
  if (maxLength !== undefined && length > maxLength) return [problem.tooLong(path, maxLength)];
  if (minLength !== undefined && length < minLength)
    return [problem.invalid(path, text, `${path} in body should be at least ${minLength} chars long`)];
  if (pattern !== undefined && !matches(pattern, text))
    return [problem.invalid(path, text, `${path} in body should match '${pattern}'`)];
  return format === undefined || hasFormat(format, text) ? [] : [typeProblem(format, text, path)];
}

function checkNumber(schema: Schema, value: number, path: string): Problem[] {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const should = (text: string) => problem.invalid(path, value, `${path} in body should be ${text}`);
  const problems: Problem[] = [];
  if (multipleOf !== undefined && value % multipleOf !== 0) problems.push(should(`a multiple of ${multipleOf}`));
  if (exclusiveMaximum ? value >= maximum : value > maximum)
    problems.push(should(`less than ${exclusiveMaximum ? "" : "or equal to "}${maximum}`));
  if (exclusiveMinimum ? value <= minimum : value < minimum)
    problems.push(should(`greater than ${exclusiveMinimum ? "" : "or equal to "}${minimum}`));
  return problems;
}

function checkList(schema: Schema, list: readonly unknown[], old: unknown, path: string): Problem[] {
  const { items, minItems = 0, maxItems = Infinity } = schema;
  if (list.length > maxItems) return [problem.tooMany(path, list.length, maxItems)];
  const few = `${path} in body should have at least ${minItems} items`;
  return [
    ...(items
      ? list.flatMap((item, index) => checkShape(items, item, oldItem(schema, old, item), `${path}[${index}]`))
      : []),
    ...(list.length < minItems ? [problem.invalid(path, list.length, few)] : []),
    ...duplicates(schema, list, path),
  ];
}

/** The item of the old list that this one was: known by its keys only. */
export function oldItem(schema: Schema, old: unknown, item: unknown): unknown {
  const keys = schema["x-kubernetes-list-map-keys"];
  if (keys === undefined || !Array.isArray(old) || !isObject(item)) return undefined;
  return old.find((other) => isObject(other) && keys.every((key) => equal(other[key], item[key])));
}

function duplicates(schema: Schema, list: readonly unknown[], path: string): Problem[] {
  const { "x-kubernetes-list-type": type, "x-kubernetes-list-map-keys": keys = [] } = schema;
  if (type !== "set" && type !== "map") return [];
  const seen = new Set<string>();
  return list.flatMap((item, index) => {
    const parts = isObject(item) && type === "map" ? Object.fromEntries(keys.map((key) => [key, item[key]])) : item;
    const isNew = seen.size < seen.add(JSON.stringify(parts)).size;
    return isNew ? [] : [problem.duplicate(`${path}[${index}]`, parts)];
  });
}

function checkEnum({ enum: allowed }: Schema, value: unknown, path: string): Problem[] {
  if (allowed === undefined || allowed.some((one) => equal(one, value))) return [];
  return [
    problem.unsupported(
      path,
      value,
      allowed.map((one) => (typeof one === "string" ? one : JSON.stringify(one))),
    ),
  ];
}

function checkObject(schema: Schema, object: JsonObject, old: unknown, path: string): Problem[] {
  const { required = [], minProperties = 0, maxProperties = Infinity } = schema;
  const names = Object.keys(object);
  if (names.length > maxProperties) return [problem.tooMany(path, names.length, maxProperties)];
  if (names.length < minProperties)
    return [problem.invalid(path, names.length, `${path} in body should have at least ${minProperties} properties`)];
  const embedded = schema["x-kubernetes-embedded-resource"] === true ? ["apiVersion", "kind"] : [];
  return [
    ...required.filter((name) => object[name] === undefined).map((name) => problem.required(below(path, name))),
    ...embedded.filter((name) => !object[name]).map((name) => problem.required(below(path, name), "must not be empty")),
    ...names.flatMap((name) => {
      const field = partSchema(schema, name);
      return field ? checkShape(field, object[name], isObject(old) ? old[name] : undefined, below(path, name)) : [];
    }),
  ];
}

export function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}
