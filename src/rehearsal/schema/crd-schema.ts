import { messageOf } from "../../kernel/failure.ts";
import { copyJson, isObject } from "../core/json.ts";
import { type Problem, problem } from "../core/status-errors.ts";
import { compileCel } from "./cel.ts";
import { undeclaredField } from "./cel-fields.ts";
import { patternOf } from "./pattern.ts";
import type { Schema } from "./schema.ts";
import { applyDefaults, prune } from "./schema-defaults.ts";
import { schemaOfSchemas } from "./schema-of-schemas.ts";
import { checkShape } from "./schema-shape.ts";

/** What is wrong with a schema that a CRD declares: it must be structural, and its defaults and rules must work. */
export function checkDeclared(schema: Schema, path: string): Problem[] {
  const misshapen = checkShape(schemaOfSchemas, schema, undefined, path);
  if (misshapen.length > 0) return misshapen;
  const { type } = schema;
  return [
    ...(type === undefined ? [problem.required(`${path}.type`, "must not be empty at the root")] : []),
    ...(type === undefined || type === "object"
      ? []
      : [problem.invalid(`${path}.type`, type, "must be object at the root")]),
    ...checkPart(schema, path, 0),
  ];
}

const deepest = 100;
const empty: Record<string, string> = {
  properties: "must not be empty for specified object fields",
  items: "must not be empty for specified array items",
  additionalProperties: "must not be empty for specified map values",
};

function checkPart(schema: Schema, path: string, depth: number): Problem[] {
  if (depth > deepest) return [problem.invalid(path, depth, `must not be deeper than ${deepest} levels`)];
  const { properties, additionalProperties, items } = schema;
  const part = (field: Schema, where: string, kind: keyof typeof empty): Problem[] => {
    if (!isObject(field)) return [problem.invalid(where, field, "must be a schema")];
    return [
      ...(isTyped(field) ? [] : [problem.required(`${where}.type`, empty[kind])]),
      ...checkPart(field, where, depth + 1),
    ];
  };
  return [
    ...checkStructure(schema, path),
    ...checkPattern(schema, path),
    ...checkDefault(schema, path),
    ...checkCel(schema, path),
    ...Object.entries(properties ?? {}).flatMap(([name, field]) =>
      part(field, `${path}.properties[${name}]`, "properties"),
    ),
    ...(isObject(additionalProperties)
      ? part(additionalProperties, `${path}.additionalProperties`, "additionalProperties")
      : []),
    ...(items === undefined ? [] : part(items, `${path}.items`, "items")),
  ];
}

function isTyped(schema: Schema): boolean {
  return (
    schema.type !== undefined ||
    schema["x-kubernetes-int-or-string"] === true ||
    schema["x-kubernetes-preserve-unknown-fields"] === true
  );
}

function checkStructure(schema: Schema, path: string): Problem[] {
  const { type, items, properties, additionalProperties, uniqueItems } = schema;
  const { "x-kubernetes-list-type": listType, "x-kubernetes-list-map-keys": keys = [] } = schema;
  const problems: Problem[] = [];
  if (properties !== undefined && additionalProperties !== undefined)
    problems.push(
      problem.forbidden(`${path}.additionalProperties`, "additionalProperties and properties are mutual exclusive"),
    );
  if (type === "array" && items === undefined) problems.push(problem.required(`${path}.items`, "must be specified"));
  if (uniqueItems === true)
    problems.push(
      problem.forbidden(
        `${path}.uniqueItems`,
        "uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
      ),
    );
  if (listType === "map" && keys.length === 0)
    problems.push(
      problem.required(`${path}.x-kubernetes-list-map-keys`, "must not be empty if x-kubernetes-list-type is map"),
    );
  for (const [index, key] of keys.entries())
    if (items?.properties?.[key] === undefined)
      problems.push(
        problem.invalid(
          `${path}.x-kubernetes-list-map-keys[${index}]`,
          key,
          "entries must all be names of item properties",
        ),
      );
  return problems;
}

function checkPattern({ pattern }: Schema, path: string): Problem[] {
  try {
    if (pattern !== undefined) patternOf(pattern);
    return [];
  } catch (error) {
    const why = `must be a valid regular expression, but isn't: ${messageOf(error)}`;
    return [problem.invalid(`${path}.pattern`, pattern, why)];
  }
}

function checkDefault(schema: Schema, path: string): Problem[] {
  if (schema.default === undefined) return [];
  const value = copyJson(schema.default);
  applyDefaults(schema, value);
  const unknown = prune(schema, copyJson(value), "");
  if (unknown.length > 0) return [problem.invalid(`${path}.default`, schema.default, "must not have unknown fields")];
  return checkShape(schema, value, undefined, `${path}.default`);
}

function checkCel(schema: Schema, path: string): Problem[] {
  return (schema["x-kubernetes-validations"] ?? []).flatMap((rule, index) => {
    const at = `${path}.x-kubernetes-validations[${index}]`;
    if (!rule.rule?.trim()) return [problem.required(`${at}.rule`, "rule is not specified")];
    const { rule: text, messageExpression } = rule;
    return [
      ...compile(schema, text, "bool", rule, `${at}.rule`),
      ...(messageExpression === undefined
        ? []
        : compile(schema, messageExpression, "string", rule, `${at}.messageExpression`)),
    ];
  });
}

function compile(schema: Schema, text: string, expected: string, shown: object, path: string): Problem[] {
  const failed = (why: string) => [problem.invalid(path, shown, `compilation failed: ${why}`)];
  try {
    const { ast, type } = compileCel(text);
    const field = undeclaredField(ast, schema);
    if (field !== undefined) return failed(`undefined field '${field}'`);
    return type === expected || type === "dyn" ? [] : failed(`must evaluate to a ${expected}, not to a ${type}`);
  } catch (error) {
    return failed(messageOf(error));
  }
}
