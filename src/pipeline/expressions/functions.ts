import { ExpressionError } from "./syntax.ts";
import { isCollection, isEqual, textOf, type Value } from "./values.ts";

export interface ExpressionFunction {
  readonly least: number;
  readonly most: number;
  call(args: readonly Value[]): Value;
}

/** Those whose answer depends on how the jobs or the steps before went: allowed in `if` alone. */
export const statusFunctions = ["always", "success", "failure", "cancelled"] as const;
export type StatusFunction = (typeof statusFunctions)[number];

const text = (args: readonly Value[], index: number) => textOf(args[index] ?? null);
const lower = (args: readonly Value[], index: number) => text(args, index).toLowerCase();

/** GitHub's functions, but `hashFiles`. Source: GitHub Docs, "Evaluate expressions in workflows and actions". */
export const functions: Readonly<Record<string, ExpressionFunction>> = {
  contains: { least: 2, most: 2, call: contains },
  startsWith: { least: 2, most: 2, call: (args) => lower(args, 0).startsWith(lower(args, 1)) },
  endsWith: { least: 2, most: 2, call: (args) => lower(args, 0).endsWith(lower(args, 1)) },
  format: { least: 1, most: 256, call: format },
  join: { least: 1, most: 2, call: join },
  toJSON: { least: 1, most: 1, call: ([value = null]) => JSON.stringify(value, null, 2) },
  fromJSON: { least: 1, most: 1, call: fromJson },
};

function contains([search = null, item = null]: readonly Value[]): boolean {
  if (Array.isArray(search)) return search.some((each: Value) => isEqual(each, item));
  return textOf(search).toLowerCase().includes(textOf(item).toLowerCase());
}

/** `{0}` is the first of the values; a doubled brace is a brace. */
function format([template = null, ...values]: readonly Value[]): string {
  return textOf(template).replace(/\{\{|\}\}|\{(\d+)\}|[{}]/g, (match, index: string | undefined) => {
    if (match === "{{" || match === "}}") return match.charAt(0);
    const value = index === undefined ? undefined : values[Number(index)];
    if (value === undefined) throw new ExpressionError(`format has no value for ${match} in ${textOf(template)}`);
    return textOf(value);
  });
}

function join([list = null, separator = ","]: readonly Value[]): string {
  return Array.isArray(list) ? list.map((each: Value) => textOf(each)).join(textOf(separator)) : textOf(list);
}

function fromJson([value = null]: readonly Value[]): Value {
  try {
    return JSON.parse(isCollection(value) ? "" : textOf(value)) as Value;
  } catch {
    throw new ExpressionError(`fromJSON was given no JSON: ${textOf(value).slice(0, 60)}`);
  }
}
