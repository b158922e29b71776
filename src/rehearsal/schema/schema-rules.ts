import { Optional } from "@marcbachmann/cel-js";

import { messageOf } from "../../kernel/failure.ts";
import { below, equal, isObject } from "../core/json.ts";
import { type Problem, problem } from "../core/status-errors.ts";
import { type CelProgram, compileCel } from "./cel.ts";
import { costLimit, costOf } from "./cel-cost.ts";
import { celValue, sizesOf } from "./cel-values.ts";
import { partSchema, type Schema, type SchemaRule } from "./schema.ts";
import { oldItem, typeName } from "./schema-shape.ts";

interface CompiledRule {
  readonly rule: SchemaRule;
  readonly program: CelProgram;
  readonly message?: CelProgram;
  readonly isTransition: boolean;
}

const compiled = new WeakMap<Schema, readonly CompiledRule[]>();
const rulesBelow = new WeakMap<Schema, boolean>();

/** The most steps that all rules may take on one object. */
const totalLimit = 30_000_000;

/** What breaks the CEL rules of a schema, on a value whose shape is right. */
export function checkRules(schema: Schema, value: unknown, old: unknown): Problem[] {
  const budget = { left: totalLimit };
  const walk = (part: Schema, now: unknown, before: unknown, path: string): Problem[] => {
    // What has not changed is let pass, and transitions need a change
    if (!hasRules(part) || now === undefined || (before !== undefined && equal(now, before))) return [];
    return [...checkHere(part, now, before, path, budget), ...checkParts(part, now, before, path, walk)];
  };
  return walk(schema, value, old, "");
}

type Walk = (schema: Schema, value: unknown, old: unknown, path: string) => Problem[];

function checkParts(schema: Schema, value: unknown, old: unknown, path: string, walk: Walk): Problem[] {
  const { items } = schema;
  if (Array.isArray(value))
    return items ? value.flatMap((item, at) => walk(items, item, oldItem(schema, old, item), `${path}[${at}]`)) : [];
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const field = partSchema(schema, name);
    return field ? walk(field, part, isObject(old) ? old[name] : undefined, below(path, name)) : [];
  });
}

function checkHere(schema: Schema, value: unknown, old: unknown, path: string, budget: { left: number }): Problem[] {
  const rules = compiledRules(schema);
  if (rules.length === 0) return [];
  const self = celValue(schema, value);
  const before = old === undefined ? undefined : celValue(schema, old);
  const sizes = sizesOf([value, old]);
  return rules.flatMap(({ rule, program, message, isTransition }) => {
    if (isTransition && old === undefined && rule.optionalOldSelf !== true) return [];
    const cost = costOf(program.ast, sizes);
    budget.left -= cost;
    if (cost > costLimit || budget.left < 0) return [tooCostly(rule, value, path)];
    const oldSelf = rule.optionalOldSelf === true ? Optional.of(before) : before;
    return evaluateRule({ rule, program, ...(message && { message }) }, { self, oldSelf }, value, path);
  });
}

function tooCostly(rule: SchemaRule, value: unknown, path: string): Problem {
  const why = "'operation cancelled: actual cost limit exceeded'";
  const what = `no further validation rules will be run due to call cost exceeds limit for rule: ${nameOf(rule)}`;
  return problem.invalid(path, typeName(value), `${why}: ${what}`);
}

function evaluateRule(
  { rule, program, message }: Pick<CompiledRule, "rule" | "program" | "message">,
  variables: Readonly<Record<string, unknown>>,
  value: unknown,
  path: string,
): Problem[] {
  try {
    if (program.evaluate(variables) === true) return [];
  } catch (error) {
    const why = messageOf(error);
    const detail = why.startsWith("no such overload")
      ? `'${why}': call arguments did not match a supported operator, function or macro signature for rule: ${nameOf(rule)}`
      : `${why} evaluating rule: ${nameOf(rule)}`;
    return [problem.invalid(path, typeName(value), detail)];
  }
  const field = `${path}${rule.fieldPath ?? ""}`.replace(/^\./, "");
  return [broken(rule, field, value, textOf(rule, message, variables))];
}

function broken({ reason }: SchemaRule, field: string, value: unknown, text: string): Problem {
  switch (reason) {
    case "FieldValueForbidden":
      return problem.forbidden(field, text);
    case "FieldValueRequired":
      return problem.required(field, text);
    case "FieldValueDuplicate":
      return problem.duplicate(field, value);
    default:
      // Objects and lists are not shown
      return typeof value === "object" ? problem.rule(field, text) : problem.invalid(field, value, text);
  }
}

/** The text that the rule makes, if that is one line of text; else the one that it has. */
function textOf(rule: SchemaRule, program: CelProgram | undefined, variables: Readonly<Record<string, unknown>>) {
  const fixed = rule.message ?? `failed rule: ${rule.rule.trim()}`;
  try {
    const text = program?.evaluate(variables);
    return typeof text === "string" && text.trim() !== "" && !text.includes("\n") ? text : fixed;
  } catch {
    return fixed;
  }
}

function nameOf({ rule, message }: SchemaRule): string {
  return (message ?? rule).trim();
}

/** Rules that do not compile are not there: the CustomResourceDefinition with them is refused. */
function compiledRules(schema: Schema): readonly CompiledRule[] {
  const found = compiled.get(schema);
  if (found !== undefined) return found;
  const made = (schema["x-kubernetes-validations"] ?? []).map((rule) => ({
    rule,
    program: compileCel(rule.rule),
    ...(rule.messageExpression !== undefined && { message: compileCel(rule.messageExpression) }),
    isTransition: /\boldSelf\b/.test(rule.rule),
  }));
  compiled.set(schema, made);
  return made;
}

/** Whether there are rules in a schema or below it: most parts have none and need no visit. */
function hasRules(schema: Schema): boolean {
  const found = rulesBelow.get(schema);
  if (found !== undefined) return found;
  const { properties = {}, additionalProperties: values, items } = schema;
  const parts = [
    ...Object.values(properties),
    ...(typeof values === "object" ? [values] : []),
    ...(items ? [items] : []),
  ];
  const result = (schema["x-kubernetes-validations"]?.length ?? 0) > 0 || parts.some(hasRules);
  rulesBelow.set(schema, result);
  return result;
}
