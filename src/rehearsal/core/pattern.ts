import { setFlagsFromString } from "node:v8";

// Go's regular expressions take linear time. V8 can do that too, and falls back to it once backtracking gets long;
// without that a pattern such as `^(a+)+$` in somebody's CRD would hold up the whole server.
setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks");

const compiled = new Map<string, RegExp>();
const most = 1000;

/** Go's regular expression as one of JavaScript's, with `(?i)` and the like at its start. Throws a SyntaxError. */
export function patternOf(text: string): RegExp {
  const found = compiled.get(text);
  if (found !== undefined) return found;
  const [, flags = "", source = ""] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(text) ?? [];
  const pattern = new RegExp(source.replaceAll("\\A", "^").replaceAll("\\z", "$"), flags);
  if (compiled.size >= most) compiled.clear();
  compiled.set(text, pattern);
  return pattern;
}
