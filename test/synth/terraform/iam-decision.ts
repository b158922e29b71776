import type { Condition, Statement } from "../../../src/synth/terraform/policies.ts";

/** A call to AWS, as IAM judges it. */
export interface Call {
  readonly action: string;
  readonly resource?: string;
  /** What conditions ask for; what is not here is not in the request. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Whether statements allow a call, as IAM decides it: nothing does by itself, and a Deny wins. */
export function allows(statements: readonly Statement[], call: Call): boolean {
  const speaking = statements.filter((statement) => speaksOf(statement, call));
  return speaking.length > 0 && speaking.every(({ effect = "Allow" }) => effect === "Allow");
}

function speaksOf({ actions, resources, conditions = [] }: Statement, { action, resource = "*", context = {} }: Call) {
  return (
    actions.some((pattern) => matches(pattern, action, "i")) &&
    resources.some((pattern) => matches(pattern, resource)) &&
    conditions.every((condition) => holds(condition, context))
  );
}

function holds([test, variable, ...values]: Condition, context: Readonly<Record<string, string>>): boolean {
  const value = context[variable];
  switch (test) {
    case "StringEquals":
      return value !== undefined && values.includes(value);
    case "StringNotEquals":
      return value === undefined || !values.includes(value);
    case "StringLike":
    case "ArnLike":
      return value !== undefined && values.some((pattern) => matches(pattern, value));
    default:
      throw new Error(`the test knows no ${test}`);
  }
}

function matches(pattern: string, text: string, flags = ""): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, flags).test(text);
}
