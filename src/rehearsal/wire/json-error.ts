/** Where a scan of JSON stands: before a value, a key, a colon, or after a value. */
type State = "value" | "first value" | "key" | "first key" | "colon" | "after";

const literals: Record<string, string> = { n: "null", t: "true", f: "false" };
const token = /^(?:"[^"\\]*(?:\\[\s\S][^"\\]*)*"|-?\d[\d.eE+-]*)/;

/** What is wrong with a text that JSON.parse refuses, as Go's encoding/json says it. */
export function jsonError(text: string): string {
  const open: string[] = [];
  let state: State = "value";
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? "")) at += 1;
    const found = text[at];
    if (found === undefined) return "unexpected end of JSON input";
    const step = stepOf(state, text.slice(at), open);
    if ("problem" in step) return step.problem;
    at += step.length;
    state = step.state;
  }
}

type Step = { readonly length: number; readonly state: State } | { readonly problem: string };

function stepOf(state: State, text: string, open: string[]): Step {
  const found = text[0] ?? "";
  if (state === "colon") return found === ":" ? { length: 1, state: "value" } : invalid(found, "after object key");
  if (state === "after") return afterValue(found, open);
  if ((state === "first key" && found === "}") || (state === "first value" && found === "]")) {
    open.pop();
    return { length: 1, state: "after" };
  }
  const quoted = token.exec(text)?.[0];
  if (state === "key" || state === "first key") {
    if (found !== '"') return invalid(found, "looking for beginning of object key string");
    return quoted === undefined
      ? { problem: "unexpected end of JSON input" }
      : { length: quoted.length, state: "colon" };
  }
  return valueStep(found, text, quoted, open);
}

function valueStep(found: string, text: string, token: string | undefined, open: string[]): Step {
  if (found === "{" || found === "[") {
    open.push(found);
    return { length: 1, state: found === "{" ? "first key" : "first value" };
  }
  if (token !== undefined) return { length: token.length, state: "after" };
  if (found === '"') return { problem: "unexpected end of JSON input" };
  const literal = literals[found];
  if (literal === undefined) return invalid(found, "looking for beginning of value");
  const wrong = [...literal].findIndex((letter, index) => text[index] !== letter);
  if (wrong < 0) return { length: literal.length, state: "after" };
  if (text[wrong] === undefined) return { problem: "unexpected end of JSON input" };
  return invalid(text[wrong] ?? "", `in literal ${literal} (expecting '${literal[wrong]}')`);
}

function afterValue(found: string, open: string[]): Step {
  const inside = open.at(-1);
  if (inside === undefined) return invalid(found, "after top-level value");
  if (found === ",") return { length: 1, state: inside === "{" ? "key" : "value" };
  if (found !== (inside === "{" ? "}" : "]"))
    return invalid(found, inside === "{" ? "after object key:value pair" : "after array element");
  open.pop();
  return { length: 1, state: "after" };
}

function invalid(found: string, where: string): Step {
  return { problem: `invalid character '${found}' ${where}` };
}
