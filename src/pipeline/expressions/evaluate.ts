import { functions, type StatusFunction } from "./functions.ts";
import { type Expression, ExpressionError, type Operator } from "./syntax.ts";
import { compare, isCollection, isEqual, isTruthy, textOf, type Value } from "./values.ts";

/** What an expression may speak of. */
export interface Scope {
  readonly contexts: Readonly<Record<string, Value>>;
  /** What the status functions answer; absent where they may not be asked. */
  readonly status?: Readonly<Partial<Record<StatusFunction, boolean>>>;
}

/**
 * The value of an expression. A property that is not there is null, as on GitHub; a context or function that is not there
 * fails with ExpressionError.
 */
export function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "context":
      return contextOf(expression.name, scope);
    case "property":
      return property(evaluate(expression.of, scope), evaluate(expression.name, scope));
    case "call":
      return call(expression, scope);
    case "not":
      return !isTruthy(evaluate(expression.of, scope));
    case "binary":
      return binary(expression, scope);
  }
}

function contextOf(name: string, { contexts }: Scope): Value {
  const context = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (context === undefined) throw new ExpressionError(`there is no context ${name} here`);
  return context;
}

function property(of: Value, name: Value): Value {
  if (!isCollection(of)) return null;
  if (Array.isArray(of)) return typeof name === "number" ? (of[name] ?? null) : null;
  const key = textOf(name);
  return Object.hasOwn(of, key) ? ((of as Record<string, Value>)[key] ?? null) : null;
}

function call({ name, args }: Expression & { kind: "call" }, scope: Scope): Value {
  const { status = {} } = scope;
  if (Object.hasOwn(status, name)) return status[name as StatusFunction] ?? null;
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (known === undefined) throw new ExpressionError(`there is no function ${name} here`);
  return known.call(args.map((arg) => evaluate(arg, scope)));
}

function binary({ operator, left, right }: Expression & { kind: "binary" }, scope: Scope): Value {
  const first = evaluate(left, scope);
  if (operator === "&&") return isTruthy(first) ? evaluate(right, scope) : first;
  if (operator === "||") return isTruthy(first) ? first : evaluate(right, scope);
  return comparisons[operator](first, evaluate(right, scope));
}

const comparisons: Readonly<Record<Exclude<Operator, "&&" | "||">, (left: Value, right: Value) => boolean>> = {
  "==": isEqual,
  "!=": (left, right) => !isEqual(left, right),
  "<": (left, right) => compare(left, right) < 0,
  "<=": (left, right) => compare(left, right) <= 0,
  ">": (left, right) => compare(left, right) > 0,
  ">=": (left, right) => compare(left, right) >= 0,
};
