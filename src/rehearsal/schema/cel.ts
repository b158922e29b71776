import { type ASTNode, Environment, EvaluationError } from "@marcbachmann/cel-js";

import { registerFunctions } from "./cel-functions.ts";

/** A rule that was understood: evaluated often, compiled once. */
export interface CelProgram {
  readonly ast: ASTNode;
  /** The type of its result as far as it is known before it is evaluated: `bool`, `string`, …, `dyn`. */
  readonly type: string;
  /** Its value, or fails with an Error whose message is worded as cel-go's. */
  evaluate(variables: Readonly<Record<string, unknown>>): unknown;
}

/** The longest rule, in characters. */
export const longestRule = 20_000;

const environment = new Environment({
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 5_000, maxDepth: 100 },
});
environment.registerVariable("self", "dyn").registerVariable("oldSelf", "dyn");
registerFunctions(environment);

/** Compiles a rule on `self` and `oldSelf`, which are not known to be of any type. Fails with what is wrong in it. */
export function compileCel(text: string): CelProgram {
  if (text.length > longestRule) throw new Error(`the rule is longer than ${longestRule} characters`);
  const parsed = environment.parse(text);
  useBoundedMatches(parsed.ast);
  const { valid, type = "dyn", error } = parsed.check();
  if (!valid) throw error;
  return {
    ast: parsed.ast,
    type,
    evaluate(variables) {
      try {
        return parsed({ ...variables });
      } catch (thrown) {
        throw thrown instanceof EvaluationError ? new Error(wording(thrown)) : thrown;
      }
    },
  };
}

/** The library's own `matches` can be made to run for ever. */
function useBoundedMatches(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  const { op, args } = node as Partial<ASTNode>;
  if (op === "rcall" && args?.[0] === "matches") args[0] = "matchesPattern";
  for (const part of Array.isArray(node) ? node : [args].flat()) useBoundedMatches(part);
}

const wordings: Record<string, (summary: string) => string> = {
  no_such_key: (summary) => summary.replace("No such key", "no such key"),
  index_out_of_bounds: (summary) => `index out of bounds: ${/index (-?\d+)/.exec(summary)?.[1] ?? ""}`,
  int_conversion_error: () => "type conversion error from 'string' to 'int'",
  double_conversion_error: () => "type conversion error from 'string' to 'double'",
  numeric_overflow: () => "integer overflow",
  no_such_overload: () => "no such overload",
  no_matching_overload: () => "no such overload",
};

/** What cel-go says where this library words it differently. */
function wording({ code, summary }: EvaluationError): string {
  return wordings[code]?.(summary) ?? summary;
}
