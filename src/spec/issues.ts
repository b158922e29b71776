import type * as v from "valibot";

import { didYouMean } from "../kernel/text.ts";
import { type FieldPath, gotText } from "./problems.ts";

/** A problem that does not know yet where its value comes from. */
export interface Finding {
  readonly path: FieldPath;
  readonly expected: string;
  readonly got: string;
  readonly suggestion?: string;
}

/** What valibot found, in the words of the schemas' messages. `value` is what was checked. */
export function findings(issues: readonly v.BaseIssue<unknown>[], value: unknown): Finding[] {
  return issues.map((issue) => {
    const path = (issue.path ?? []).map((item) => item.key as string | number);
    return issue.type === "never" ? unknownField(path, issue.message.split(" ")) : wrongValue(path, issue, value);
  });
}

function unknownField(path: FieldPath, known: readonly string[]): Finding {
  const field = String(path.at(-1));
  // `gpu` is as near to `cpu` as to `gpus`, and more likely the latter
  const suggestion = known.find((name) => name.startsWith(field)) ?? didYouMean(field, known);
  const expected = known.length > 12 ? "a known field" : `one of the fields ${known.join(", ")}`;
  return { path, expected, got: gotText(field), ...(suggestion !== undefined && { suggestion }) };
}

function wrongValue(path: FieldPath, issue: v.BaseIssue<unknown>, value: unknown): Finding {
  // a key that breaks its pattern is what was got, not the value behind it
  const got = issue.path?.at(-1)?.origin === "key" ? path.at(-1) : valueAt(value, path);
  const suggestion = typeof got === "string" ? didYouMean(got, candidates(issue)) : undefined;
  return { path, expected: issue.message, got: gotText(got), ...(suggestion !== undefined && { suggestion }) };
}

function candidates(issue: v.BaseIssue<unknown>): string[] {
  if (Array.isArray(issue.requirement)) return issue.requirement.map(String);
  return issue.type === "picklist"
    ? [...(issue.expected ?? "").matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "")
    : [];
}

/** The value a path leads to, or undefined where it leads nowhere. */
export function valueAt(value: unknown, path: FieldPath): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current;
}

/** Whether any finding is at one of these paths, below it, or around it. */
export function isTouched(paths: readonly FieldPath[], found: readonly Finding[]): boolean {
  return found.some((finding) => paths.some((path) => overlap(path, finding.path)));
}

function overlap(a: FieldPath, b: FieldPath): boolean {
  return a.slice(0, b.length).every((key, index) => key === b[index]);
}

/** Entries of a list that are there already. */
export function repeated(path: FieldPath, values: readonly string[]): Finding[] {
  return values.flatMap((value, index) =>
    values.indexOf(value) === index
      ? []
      : [{ path: [...path, index], expected: "each entry once", got: `${gotText(value)} again` }],
  );
}
