import * as v from "valibot";

import { Failure } from "../kernel/failure.ts";
import type { TimelineEntry } from "./entries.ts";
import { entrySchema, isKnownType } from "./entries-schema.ts";

export interface ParsedTimeline {
  readonly entries: readonly TimelineEntry[];
  /** What was passed over and why, one sentence each: a torn last line, entry types of a newer version. */
  readonly warnings: readonly string[];
}

const mostProblems = 10;

/**
 * Reads a timeline. A last line cut off by a crash is passed over, and so are entry types this version does not know.
 * @throws Failure FILE_INVALID when any other line is not a timeline entry; `where` is `path:line` of the first.
 */
export function parseTimeline(text: string, path: string): ParsedTimeline {
  const lines = text.split("\n");
  const entries: TimelineEntry[] = [];
  const warnings: string[] = [];
  const unknown = new Map<string, number>();
  const problems: { readonly line: number; readonly text: string }[] = [];
  const problem = (index: number, what: string) => problems.push({ line: index + 1, text: what });

  lines.forEach((line, index) => {
    if (line.trim() === "") return;
    if (!isJson(line)) {
      if (index === lines.length - 1) warnings.push(`${path}:${index + 1}: a torn last line was passed over`);
      else problem(index, `not JSON: ${line.slice(0, 60)}`);
      return;
    }
    const read = readEntry(JSON.parse(line));
    if ("entry" in read) entries.push(read.entry);
    else if ("unknown" in read) unknown.set(read.unknown, (unknown.get(read.unknown) ?? 0) + 1);
    else problem(index, read.problem);
  });

  if (problems.length > 0) throw invalid(path, problems);
  for (const [type, number] of unknown) {
    warnings.push(`${path}: ${number} × "${type}" passed over: an entry type of a newer version`);
  }
  return { entries, warnings };
}

type Read = { readonly entry: TimelineEntry } | { readonly unknown: string } | { readonly problem: string };

function readEntry(value: unknown): Read {
  if (isTyped(value) && !isKnownType(value.type)) return { unknown: value.type };
  const result = v.safeParse(entrySchema, value, { abortEarly: true });
  if (result.success) return { entry: result.output as TimelineEntry };
  const [issue] = result.issues;
  return { problem: [v.getDotPath(issue), issue.message].filter(Boolean).join(": ") };
}

function isTyped(value: unknown): value is { readonly type: string } {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

function invalid(path: string, problems: readonly { readonly line: number; readonly text: string }[]): Failure {
  const [first] = problems;
  return new Failure("FILE_INVALID", `not a timeline entry: ${path}:${first?.line}: ${first?.text}`, {
    where: `${path}:${first?.line}`,
    why: "a timeline is one JSON object a line; only its last line may be incomplete",
    problems: problems.slice(0, mostProblems).map(({ line, text }) => `${path}:${line}: ${text}`),
  });
}

/** Whether a line is whole: what a crash cuts off is no JSON any more. */
export function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
