/** An escape, a class, the begin of a group, a counted repetition, or any other character. */
const token =
  /\\(?:x\{?[0-9a-f]+\}?|[\s\S])|\[(?:\\[\s\S]|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|P?<\w+>))?|\{\d+(?:,\d*)?\}\??|[\s\S]/gi;
const longest = 30_000;

/**
 * A regular expression as V8's linear engine takes it, which knows no counted repetitions beyond a few, no captures
 * and no `i`: `a{1,3}` becomes `a(?:a(?:a)?)?`. Throws a SyntaxError when that becomes too long.
 */
export function linearSource(source: string, ignoresCase: boolean): string {
  const groups: number[] = [];
  let result = "";
  let atom: number | undefined;
  for (const [found] of source.matchAll(token)) {
    const start: number = found === ")" ? (groups.pop() ?? 0) : result.length;
    if (/^\{\d/.test(found) && atom !== undefined) result = result.slice(0, atom) + repeated(result.slice(atom), found);
    else result += plain(found, ignoresCase);
    if (found.startsWith("(")) groups.push(start);
    atom = /^[(|^$*+?{]/.test(found) ? undefined : start;
    if (result.length > longest) throw new SyntaxError("the expression is too large");
  }
  return result;
}

function plain(found: string, ignoresCase: boolean): string {
  if (/^\\[1-9]/.test(found)) throw new SyntaxError(`invalid escape sequence: ${found}`);
  if (/^\((\?P?<\w|$)/.test(found)) return "(?:";
  return ignoresCase ? eitherCase(found) : found;
}

function repeated(atom: string, count: string): string {
  const [, least = "", comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(count) ?? [];
  const lazy = count.endsWith("?") ? "?" : "";
  const optional = comma === "" || most === "" ? 0 : Number(most) - Number(least);
  if (optional < 0) throw new SyntaxError(`invalid repeat count: ${count}`);
  if (atom.length * (Number(least) + optional) > longest) throw new SyntaxError("the expression is too large");
  const endless = comma !== "" && most === "" ? `(?:${atom})*${lazy}` : "";
  const rest = `(?:${atom}`.repeat(optional) + `)?${lazy}`.repeat(optional);
  return `(?:${atom.repeat(Number(least))}${endless}${rest})`;
}

function eitherCase(found: string): string {
  if (/^[a-z]$/i.test(found)) return `[${found}${swapped(found)}]`;
  if (!found.startsWith("[")) return found;
  return found.replaceAll(/\\[\s\S]|[a-z]-[a-z]|[a-z]/gi, (part) =>
    part.startsWith("\\") ? part : part + swapped(part),
  );
}

function swapped(text: string): string {
  return text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase();
}
