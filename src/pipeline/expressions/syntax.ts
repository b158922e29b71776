/** What an expression is made of, as GitHub's documentation of expressions names it. */
export type Expression =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  /** `github`, `inputs`, `needs`, …: where every path begins. */
  | { readonly kind: "context"; readonly name: string }
  /** `inputs.action`, `inputs['action']`. */
  | { readonly kind: "property"; readonly of: Expression; readonly name: Expression }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "not"; readonly of: Expression }
  | {
      readonly kind: "binary";
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    };

export type Operator = "&&" | "||" | "==" | "!=" | "<" | "<=" | ">" | ">=";

/** An expression that cannot be read, or has no value. */
export class ExpressionError extends Error {}

/** Every part of an expression, itself included. */
export function parts(expression: Expression): Expression[] {
  switch (expression.kind) {
    case "property":
      return [expression, ...parts(expression.of), ...parts(expression.name)];
    case "call":
      return [expression, ...expression.args.flatMap(parts)];
    case "not":
      return [expression, ...parts(expression.of)];
    case "binary":
      return [expression, ...parts(expression.left), ...parts(expression.right)];
    default:
      return [expression];
  }
}
