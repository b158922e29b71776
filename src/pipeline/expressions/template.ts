import { evaluate, type Scope } from "./evaluate.ts";
import { statusFunctions } from "./functions.ts";
import { parseExpression } from "./parse.ts";
import { type Expression, ExpressionError, parts } from "./syntax.ts";
import { isTruthy, textOf } from "./values.ts";

/** Text with expressions in it. */
export type Template = readonly (string | Expression)[];

/** An `if:`. One that asks no status function means `success() && …`. */
export interface Condition {
  readonly expression: Expression;
  readonly text: string;
}

const whole = /^\s*\$\{\{((?:'(?:[^']|'')*'|[^'])*?)\}\}\s*$/;
const inText = /\$\{\{((?:'(?:[^']|'')*'|[^'])*?)\}\}/g;

/** Reads a text. Fails with ExpressionError. */
export function parseTemplate(text: string): Template {
  const found: (string | Expression)[] = [];
  let from = 0;
  for (const match of text.matchAll(inText)) {
    found.push(text.slice(from, match.index), parseExpression(match[1] ?? ""));
    from = match.index + match[0].length;
  }
  const rest = text.slice(from);
  if (rest.includes("${{")) throw new ExpressionError(`"}}" is missing in ${JSON.stringify(text)}`);
  return [...found, rest].filter((part) => part !== "");
}

/** Reads an `if:`, with or without `${{ }}` around the whole. Fails with ExpressionError. */
export function parseCondition(text: string): Condition {
  const inner = whole.exec(text)?.[1] ?? text;
  if (inner.includes("${{")) throw new ExpressionError(`an if is one expression, not a text with some: ${text}`);
  const expression = parseExpression(inner);
  const asks = parts(expression).some((part) => part.kind === "call" && isStatusFunction(part.name));
  return { text: inner.trim(), expression: asks ? expression : andSuccess(expression) };
}

/** The condition of what has none. */
export const onSuccess: Condition = { text: "success()", expression: { kind: "call", name: "success", args: [] } };

function andSuccess(right: Expression): Expression {
  return { kind: "binary", operator: "&&", left: onSuccess.expression, right };
}

export function isStatusFunction(name: string): boolean {
  return (statusFunctions as readonly string[]).includes(name);
}

/** The text with what its expressions are worth. */
export function interpolate(template: Template, scope: Scope): string {
  return template.map((part) => (typeof part === "string" ? part : textOf(evaluate(part, scope)))).join("");
}

export function holds({ expression }: Condition, scope: Scope): boolean {
  return isTruthy(evaluate(expression, scope));
}
