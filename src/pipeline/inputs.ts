import { Failure } from "../kernel/failure.ts";
import { didYouMean } from "../kernel/text.ts";
import type { Value } from "./expressions/values.ts";
import type { Workflow, WorkflowInput } from "./workflow.ts";

/**
 * What the workflow's inputs are worth: as given, or else their defaults. Fails with USAGE and every problem: a name that
 * is none, a value that does not fit, a required one that is missing.
 */
export function readInputs({ inputs, name }: Workflow, given: ReadonlyMap<string, string>): Record<string, Value> {
  const strange = [...given.keys()].filter((key) => !Object.hasOwn(inputs, key)).map((key) => unknown(key, inputs));
  const read = Object.entries(inputs).map(([key, input]) => [key, readInput(key, input, given.get(key))] as const);
  const problems = [...strange, ...read.flatMap(([, each]) => ("problem" in each ? each.problem : []))];
  if (problems.length > 0) {
    throw new Failure("USAGE", `the inputs do not fit the workflow ${name}`, {
      problems,
      fix: "pass --input NAME=VALUE for each input, as a person fills in GitHub's form",
    });
  }
  return Object.fromEntries(read.map(([key, each]) => [key, "value" in each ? each.value : null]));
}

/** `name=value` of a flag. */
export function assignment(text: string, flag: string): readonly [string, string] {
  const [, name, value] = /^([A-Za-z_][\w-]*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new Failure("USAGE", `${flag} takes NAME=VALUE, not ${JSON.stringify(text)}`, { fix: `${flag} NAME=VALUE` });
}

function unknown(key: string, inputs: Workflow["inputs"]): string {
  const known = Object.keys(inputs);
  const suggestion = didYouMean(key, known);
  return `${key} is no input${suggestion === undefined ? "" : `; did you mean ${suggestion}?`} (${known.join(", ")})`;
}

type Read = { readonly value: Value } | { readonly problem: string };

function readInput(key: string, { type, options, required, fallback }: WorkflowInput, given?: string): Read {
  const text = given ?? String(fallback);
  if (required && text === "") return { problem: `${key} is required` };
  if (given === undefined) return { value: fallback };
  const { value, expected } = readers[type](given, options);
  return value === undefined ? { problem: `${key} is ${expected}, not ${JSON.stringify(given)}` } : { value };
}

type Reader = (text: string, options: readonly string[]) => { readonly value?: Value; readonly expected?: string };

const readers: Readonly<Record<WorkflowInput["type"], Reader>> = {
  string: (value) => ({ value }),
  choice: (value, options) => (options.includes(value) ? { value } : { expected: `one of ${options.join(", ")}` }),
  boolean: (text) => (text === "true" || text === "false" ? { value: text === "true" } : { expected: "true or false" }),
  number: (text) =>
    text.trim() === "" || Number.isNaN(Number(text)) ? { expected: "a number" } : { value: Number(text) },
};
