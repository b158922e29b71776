import { setFlagsFromString } from "node:v8";
import { badRequest } from "../core/status-errors.ts";
import { linearSource } from "./linear-source.ts";

// Go's regular expressions take linear time. V8 can do that too, and falls back to it once backtracking gets long;
// without that a pattern such as `^(a+)+$` in somebody's CRD would hold up the whole server.
setFlagsFromString("--enable-experimental-regexp-engine");
setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks");

const compiled = new Map<string, RegExp>();
const most = 1000;
/** The most steps of one search, as text by pattern: a second or so. */
const mostSteps = 20_000_000;

/** Go's regular expression as one of JavaScript's, with `(?i)` and the like at its start. Throws a SyntaxError. */
export function patternOf(text: string): RegExp {
  const found = compiled.get(text);
  if (found !== undefined) return found;
  const [, given = "", rest = ""] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(text) ?? [];
  const flags = given.replaceAll("i", "");
  // First as it stands: the other one's errors would show what nobody wrote
  new RegExp(rest.replaceAll(/\(\?P</g, "(?<"), flags);
  const source = linearSource(rest.replaceAll("\\A", "^").replaceAll("\\z", "$"), given.includes("i"));
  // Fails for what takes more than linear time (looking ahead or behind), which Go does not have
  new RegExp(source, `${flags}l`);
  const pattern = new RegExp(source, flags);
  if (compiled.size >= most) compiled.clear();
  compiled.set(text, pattern);
  return pattern;
}

/** Whether the text has a match. Fails with 400 when finding out would hold up everybody else. */
export function matches(pattern: string, text: string): boolean {
  return search(pattern, text).test(text);
}

/** The first matches in a text, in order; all of them by default. Fails as `matches`. */
export function findMatches(pattern: string, text: string, limit = Number.POSITIVE_INFINITY): string[] {
  const { source, flags } = search(pattern, text, Math.min(limit, 100));
  const result: string[] = [];
  for (const [found] of limit > 0 ? text.matchAll(new RegExp(source, `${flags}g`)) : []) {
    result.push(found);
    if (result.length >= limit) break;
  }
  return result;
}

function search(pattern: string, text: string, times = 1): RegExp {
  const expression = patternOf(pattern);
  if (text.length * expression.source.length * times > mostSteps)
    throw badRequest("the text is too long to be searched for this regular expression");
  return expression;
}
