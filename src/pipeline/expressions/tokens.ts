import { ExpressionError } from "./syntax.ts";

export type Token =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "name"; readonly value: string }
  | { readonly kind: "sign"; readonly value: string };

const pattern =
  /\s*(?:(?<number>-?(?:0x[0-9a-fA-F]+|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?))(?![\w.])|'(?<text>(?:[^']|'')*)'|(?<name>[A-Za-z_][\w-]*)|(?<sign>&&|\|\||==|!=|<=|>=|[!<>()[\].,]))/y;

/** Cuts an expression into words. Fails with ExpressionError at the first thing that is none. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.trimEnd().length) {
    const from = pattern.lastIndex;
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) throw new ExpressionError(`${JSON.stringify(text.slice(from).trim())} cannot be read`);
    found.push(tokenOf(groups));
  }
  return found;
}

function tokenOf({ number, text, name, sign }: Record<string, string | undefined>): Token {
  if (number !== undefined) return { kind: "number", value: numberOf(number) };
  if (text !== undefined) return { kind: "text", value: text.replaceAll("''", "'") };
  if (name !== undefined) return { kind: "name", value: name };
  return { kind: "sign", value: sign ?? "" };
}

/** A negative hexadecimal number is none to JavaScript. */
function numberOf(text: string): number {
  return text.startsWith("-") ? -Number(text.slice(1)) : Number(text);
}
