import { Failure, type FailureCode } from "../kernel/failure.ts";
import { count } from "../kernel/text.ts";

/** A field's place: keys of mappings and indexes of lists. */
export type FieldPath = readonly (string | number)[];

/** One thing that is wrong in a file, with what a reader needs to put it right. */
export interface Problem {
  /** The field, such as `pools.gpu.families[1]`; empty when the file as a whole is meant. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  /** The value that was probably meant. */
  readonly suggestion?: string;
  /** Counted from 1; absent for a value that is not from the file. */
  readonly line?: number;
  /** What the value comes from if not from the file, such as `environment variable AURA_SPEED`. */
  readonly origin?: string;
}

/** `pools.gpu.families[1]`; a key that is not a plain word is quoted, as `annotations["aura.dev/outputs"]`. */
export function pathText(path: FieldPath): string {
  return path
    .map((key) => {
      if (typeof key === "number") return `[${key}]`;
      return /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
    })
    .join("")
    .replace(/^\./, "");
}

/** A value as a problem quotes it: text in quotes and cut at 60 characters, a collection by its sort alone. */
export function gotText(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value !== "object") return String(value);
  const empty = Object.keys(value).length === 0;
  return `${empty ? "an empty" : "a"} ${Array.isArray(value) ? "list" : "mapping"}`;
}

/** `pools.gpu.families[1]  expected an instance family, got "g55"; did you mean "g5"?  (aura.yaml:14)`. */
export function problemText(problem: Problem, file: string): string {
  const path = problem.path === "" ? "" : `${problem.path}  `;
  const suggestion = problem.suggestion === undefined ? "" : `; did you mean ${JSON.stringify(problem.suggestion)}?`;
  const where = problem.origin ?? (problem.line === undefined ? file : `${file}:${problem.line}`);
  return `${path}expected ${problem.expected}, got ${problem.got}${suggestion}  (${where})`;
}

/** The one failure that names every problem, in the order of the file's lines; problems from elsewhere come last. */
export function invalid(
  code: FailureCode,
  what: string,
  problems: readonly Problem[],
  options: { readonly file: string; readonly path: string; readonly fix: string },
): Failure {
  const sorted = problems.toSorted((a, b) => (a.line ?? Number.MAX_VALUE) - (b.line ?? Number.MAX_VALUE));
  return new Failure(code, `invalid ${what} in ${options.file}: ${count(sorted.length, "problem")}`, {
    where: options.path,
    problems: [...new Set(sorted.map((problem) => problemText(problem, options.file)))],
    fix: options.fix,
  });
}
