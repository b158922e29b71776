import { arrayOr, copyJson, isObject, type JsonObject } from "./json.ts";
import { type Problem, problem } from "./status-errors.ts";

/** A rule beside the shape, as a CRD's CEL rules: what holds for a value, or for its change from `old`. */
export interface Rule {
  readonly holds: (value: never, old: unknown) => boolean;
  readonly message: string;
}

/** The structural schema of a custom resource, as far as Karpenter's CRDs use it. */
export interface Schema {
  readonly type: "object" | "array" | "string" | "integer" | "boolean" | "quantity";
  readonly fields?: Readonly<Record<string, Schema>>;
  /** Of an object with any keys. */
  readonly values?: Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly pattern?: RegExp;
  readonly allowed?: readonly string[];
  readonly least?: number;
  readonly most?: number;
  readonly fewest?: number;
  readonly longest?: number;
  readonly rules?: readonly Rule[];
}

const quantityPattern =
  /^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$/;

/** Fills in defaults, in place, from the outside in. */
export function applyDefaults(schema: Schema, value: unknown): void {
  if (Array.isArray(value) && schema.items) for (const item of value) applyDefaults(schema.items, item);
  if (!isObject(value)) return;
  for (const [name, field] of Object.entries(schema.fields ?? {})) {
    if (value[name] === undefined && field.default !== undefined) value[name] = copyJson(field.default);
    applyDefaults(field, value[name]);
  }
}

/** Removes fields that the schema does not know, in place; gives their paths. */
export function prune(schema: Schema, value: unknown, path: string): string[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => (schema.items ? prune(schema.items, item, `${path}[${index}]`) : []));
  if (!isObject(value) || schema.type !== "object") return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const field = schema.fields?.[name] ?? schema.values;
    if (field !== undefined) return prune(field, part, `${path}.${name}`);
    delete value[name];
    return [`${path}.${name}`];
  });
}

const unchecked: Problem = {
  field: "<nil>",
  reason: "FieldValueInvalid",
  message:
    "Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
};
const blocking: readonly Problem["reason"][] = [
  "FieldValueRequired",
  "FieldValueNotSupported",
  "FieldValueTooLong",
  "FieldValueTooMany",
  "FieldValueTypeInvalid",
];

/** All that is wrong with a value: its shape first; rules only where the shape lets them be evaluated. */
export function checkSchema(schema: Schema, value: unknown, old: unknown, path: string): Problem[] {
  const problems = checkShape(schema, value, path);
  if (problems.some(({ reason }) => blocking.includes(reason))) return [...problems, unchecked];
  return [...problems, ...checkRules(schema, value, old, path)];
}

function checkShape(schema: Schema, value: unknown, path: string): Problem[] {
  const found = typeName(value);
  const fits = schema.type === "quantity" ? found === "string" || found === "integer" : found === schema.type;
  if (!fits) return [typeProblem(schema, found, path)];
  switch (schema.type) {
    case "object":
      return checkObject(schema, value as JsonObject, path);
    case "array":
      return checkList(schema, arrayOr<unknown>(value), path);
    case "boolean":
      return [];
    case "integer":
      return checkNumber(schema, Number(value), path);
    default:
      return checkText(schema, value, path);
  }
}

function typeProblem({ type }: Schema, found: string, path: string): Problem {
  const expected = type === "quantity" ? "integer,string" : type;
  const message = `Invalid value: "${found}": ${path} in body must be of type ${expected}: "${found}"`;
  return { field: path, reason: "FieldValueTypeInvalid", message };
}

function checkObject({ fields = {}, values, required = [] }: Schema, value: JsonObject, path: string): Problem[] {
  const missing = required
    .filter((name) => value[name] === undefined)
    .map((name) => problem.required(`${path}.${name}`));
  const parts = Object.entries(value).flatMap(([name, part]) => {
    const field = fields[name] ?? values;
    return field === undefined ? [] : checkShape(field, part, `${path}.${name}`);
  });
  return [...missing, ...parts];
}

function checkList({ items, fewest = 0, longest }: Schema, value: readonly unknown[], path: string): Problem[] {
  if (longest !== undefined && value.length > longest) return [problem.tooMany(path, value.length, longest)];
  const few =
    value.length < fewest
      ? [problem.invalid(path, value.length, `${path} in body should have at least ${fewest} items`)]
      : [];
  return [...few, ...value.flatMap((item, index) => (items ? checkShape(items, item, `${path}[${index}]`) : []))];
}

function checkNumber({ least, most }: Schema, value: number, path: string): Problem[] {
  const body = `${path} in body should be`;
  if (least !== undefined && value < least)
    return [problem.invalid(path, value, `${body} greater than or equal to ${least}`)];
  return most !== undefined && value > most
    ? [problem.invalid(path, value, `${body} less than or equal to ${most}`)]
    : [];
}

function checkText({ type, pattern, allowed, longest }: Schema, value: unknown, path: string): Problem[] {
  const text = String(value);
  const shape = type === "quantity" ? quantityPattern : pattern;
  if (allowed !== undefined && !allowed.includes(text)) return [problem.unsupported(path, value, allowed)];
  if (longest !== undefined && text.length > longest) return [problem.tooLong(path, longest)];
  const mismatch = () => problem.invalid(path, value, `${path} in body should match '${shape?.source}'`);
  return shape === undefined || shape.test(text) ? [] : [mismatch()];
}

function checkRules(schema: Schema, value: unknown, old: unknown, path: string): Problem[] {
  const broken = (schema.rules ?? []).filter(({ holds }) => !holds(value as never, old));
  const here = broken.map(({ message }) =>
    typeof value === "object" ? problem.rule(path, message) : problem.invalid(path, value, message),
  );
  return [
    ...here,
    ...partsOf(schema, value, old).flatMap(([part, inner, before, name]) =>
      checkRules(part, inner, before, `${path}${name}`),
    ),
  ];
}

function partsOf(schema: Schema, value: unknown, old: unknown): [Schema, unknown, unknown, string][] {
  const { items } = schema;
  if (Array.isArray(value)) return items ? value.map((item, index) => [items, item, undefined, `[${index}]`]) : [];
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, part]): [Schema, unknown, unknown, string][] => {
    const field = schema.fields?.[name] ?? schema.values;
    return field === undefined ? [] : [[field, part, isObject(old) ? old[name] : undefined, `.${name}`]];
  });
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}
