import type { ListQuery } from "../../cluster/api.ts";
import type { AnyObject } from "../../cluster/objects.ts";
import { at } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { badRequest } from "./status-errors.ts";

type Match = (object: AnyObject) => boolean;

/** What a list or watch selects, parsed once. Fails with 400 as the API server words it. */
export function matcherOf(kind: Kind, query: ListQuery): Match {
  const parts: Match[] = [];
  if (query.namespace !== undefined) parts.push((object) => object.metadata.namespace === query.namespace);
  if (query.labelSelector) {
    const labels = parseLabelSelector(query.labelSelector);
    parts.push((object) => labels(object.metadata.labels ?? {}));
  }
  if (query.fieldSelector) parts.push(parseFieldSelector(query.fieldSelector, kind));
  return (object) => parts.every((part) => part(object));
}

/** A predicate on labels for `a=b,c in (d,e),!f`. */
export function parseLabelSelector(text: string): (labels: Readonly<Record<string, string>>) => boolean {
  const tokens = tokensOf(text);
  const requirements: Requirement[] = [];
  while (tokens.length > 0) {
    requirements.push(parseRequirement(tokens));
    const separator = tokens.shift();
    if (separator !== undefined && separator !== ",") throw parseError(separator, "',' or 'end of string'");
    if (separator === "," && tokens.length === 0) throw parseError("", "!, identifier, or 'end of string'");
  }
  // What every object inherits is no label
  return (labels) => requirements.every(({ key, fits }) => fits(Object.hasOwn(labels, key) ? labels[key] : undefined));
}

/** What the value of a label has to be; undefined where there is no such label. */
interface Requirement {
  readonly key: string;
  readonly fits: (value: string | undefined) => boolean;
}

function tokensOf(text: string): string[] {
  return text.match(/[(),]|[=!]=|[=!<>]|[^\s(),=!<>]+/g) ?? [];
}

function parseRequirement(tokens: string[]): Requirement {
  const first = tokens.shift() ?? "";
  if (first === "!") return { key: identifier(tokens.shift()), fits: (value) => value === undefined };
  return { key: identifier(first), fits: parseCondition(tokens) };
}

function parseCondition(tokens: string[]): Requirement["fits"] {
  if (tokens.length === 0 || tokens[0] === ",") return (value) => value !== undefined;
  const operator = tokens.shift() ?? "";
  if (operator === "in" || operator === "notin") {
    const values = setOf(tokens);
    return (value) => (value !== undefined && values.has(value)) === (operator === "in");
  }
  const given = ["=", "==", "!=", "<", ">"].includes(operator) ? operand(tokens) : undefined;
  if (given === undefined) throw parseError(operator, "in, notin, =, ==, !=, gt, lt");
  if (operator === ">") return (value) => Number(value) > Number(given);
  if (operator === "<") return (value) => Number(value) < Number(given);
  return (value) => (value === given) === (operator !== "!=");
}

function identifier(token: string | undefined): string {
  if (token === undefined || /^[(),=!<>]/.test(token)) throw parseError(token ?? "", "identifier");
  return token;
}

/** `x=` selects the empty value. */
function operand(tokens: string[]): string {
  return tokens.length === 0 || tokens[0] === "," ? "" : identifier(tokens.shift());
}

function setOf(tokens: string[]): Set<string> {
  if (tokens[0] !== "(") throw parseError(tokens[0] ?? "", "'('");
  const end = tokens.indexOf(")");
  if (end < 0) throw parseError("", "',', or ')'");
  return new Set(tokens.splice(0, end + 1).filter((token) => !/^[(),]$/.test(token)));
}

function parseError(found: string, expected: string) {
  return badRequest(`unable to parse requirement: found '${found}', expected: ${expected}`);
}

/** What an absent field counts as where that is not the empty text. */
const zeros: Record<string, string> = { "spec.unschedulable": "false", "status.successful": "0" };

function parseFieldSelector(text: string, kind: Kind): Match {
  const parts = text.split(",").map((part): Match => {
    const match = /^([^=!]+)(==|!=|=)(.*)$/.exec(part);
    if (match === null)
      throw badRequest(`invalid field selector: ${JSON.stringify(text)}; can't understand ${JSON.stringify(part)}`);
    const [, path = "", operator, value] = match;
    if (!["metadata.name", "metadata.namespace", ...kind.fields].includes(path)) throw unknownField(path, kind);
    return (object) => (String(at(object, path) ?? zeros[path] ?? "") === value) === (operator !== "!=");
  });
  return (object) => parts.every((part) => part(object));
}

function unknownField(path: string, kind: Kind) {
  return kind.fields.length > 0
    ? badRequest(`field label not supported: ${path}`)
    : badRequest(`"${path}" is not a known field selector: only "metadata.name", "metadata.namespace"`);
}
