import type { ListQuery } from "../../cluster/api.ts";
import type { AnyObject } from "../../cluster/objects.ts";
import { at } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { checkKey, checkLabelValue } from "./metadata.ts";
import { selectorText } from "./selector-text.ts";
import { badRequest, type Problem, problem } from "./status-errors.ts";

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

type Labels = Readonly<Record<string, string>>;
type LabelMatch = (labels: Labels) => boolean;

/** A predicate on labels for `a=b,c in (d,e),!f`, read and refused as by k8s.io/apimachinery/pkg/labels. */
export function parseLabelSelector(text: string): LabelMatch {
  const tokens = tokensOf(text);
  const requirements: LabelMatch[] = [];
  while (tokens.length > 0) {
    if (!isIdentifier(tokens[0]) && tokens[0] !== "!")
      throw unexpected(tokens[0], "!, identifier, or 'end of string'", "");
    requirements.push(parseRequirement(tokens));
    const separator = tokens.shift();
    if (separator !== undefined && separator !== ",") throw unexpected(separator, "',' or 'end of string'", "");
    if (separator === "," && !isIdentifier(tokens[0]) && tokens[0] !== "!")
      throw unexpected(tokens[0], "identifier after ','", "");
  }
  return (labels) => requirements.every((requirement) => requirement(labels));
}

/** The same for a LabelSelector: an empty one takes all, none takes nothing. */
export function labelMatcher(selector: unknown): LabelMatch {
  if (selector === undefined) return () => false;
  const text = selectorText(selector);
  return text === "<none>" ? () => true : parseLabelSelector(text);
}

function tokensOf(text: string): string[] {
  return text.match(/[(),]|[=!]=|[=!<>]|[^\s(),=!<>]+/g) ?? [];
}

function isIdentifier(token: string | undefined): token is string {
  return token !== undefined && !/^[(),=!<>]/.test(token);
}

function parseRequirement(tokens: string[]): LabelMatch {
  const isAbsent = tokens[0] === "!";
  if (isAbsent) tokens.shift();
  const key = identifier(tokens);
  refuseFirst(checkKey("<nil>", key));
  const isAlone = tokens.length === 0 || tokens[0] === ",";
  if (isAbsent) return (labels) => !Object.hasOwn(labels, key);
  if (isAlone) return (labels) => Object.hasOwn(labels, key);
  const match = operators.get(tokens[0] ?? "");
  if (match === undefined) throw unexpected(tokens[0], "in, notin, =, ==, !=, gt, lt");
  const operator = tokens.shift() ?? "";
  const values = operator === "in" || operator === "notin" ? valuesOf(tokens) : [operand(tokens)];
  for (const [index, value] of [...values].sort().entries()) {
    if ("<>".includes(operator) && !/^[+-]?\d+$/.test(value))
      refuseFirst([problem.invalid(`values[${index}]`, value, integers)]);
    refuseFirst(checkLabelValue(`values[${index}][${key}]`, value));
  }
  return (labels) => match(Object.hasOwn(labels, key) ? labels[key] : undefined, values);
}

const integers = "for 'Gt', 'Lt' operators, the value must be an integer";

type Fits = (value: string | undefined, values: readonly string[]) => boolean;

const operators = new Map<string, Fits>(
  Object.entries({
    "=": (value, [wanted]) => value === wanted,
    "==": (value, [wanted]) => value === wanted,
    "!=": (value, [wanted]) => value !== wanted,
    in: (value, values) => value !== undefined && values.includes(value),
    notin: (value, values) => value === undefined || !values.includes(value),
    ">": (value, [limit]) => integerOf(value) > Number(limit),
    "<": (value, [limit]) => integerOf(value) < Number(limit),
  } satisfies Record<string, Fits>),
);

function integerOf(value = ""): number {
  return /^\d+$/.test(value) ? Number(value) : Number.NaN;
}

function identifier(tokens: string[]): string {
  const token = tokens.shift();
  if (!isIdentifier(token)) throw unexpected(token, "identifier");
  return token;
}

/** `x=` selects the empty value. */
function operand(tokens: string[]): string {
  return tokens.length === 0 || tokens[0] === "," ? "" : identifier(tokens);
}

/** `(a,b)`; nothing before, between or behind commas is the empty value. */
function valuesOf(tokens: string[]): string[] {
  const open = tokens.shift();
  if (open !== "(") throw badRequest(`${prefix}found '${open ?? ""}' expected: '('`);
  const values: string[] = [];
  for (let isOpen = true; isOpen; ) {
    const value = isIdentifier(tokens[0]) ? tokens.shift() : undefined;
    values.push(value ?? "");
    const next = tokens.shift();
    if (next !== "," && next !== ")") throw unexpected(next, value === undefined ? "',', or identifier" : "',' or ')'");
    isOpen = next === ",";
  }
  return values;
}

const prefix = "unable to parse requirement: ";

function unexpected(found: string | undefined, expected: string, before = prefix) {
  return badRequest(`${before}found '${found ?? ""}', expected: ${expected}`);
}

function refuseFirst([first]: readonly Problem[]): void {
  if (first !== undefined) throw badRequest(`${prefix}${first.field}: ${first.message}`);
}

/** What an absent field counts as where that is not the empty text. */
const zeros: Record<string, string> = { "spec.unschedulable": "false", "status.successful": "0" };

function parseFieldSelector(text: string, kind: Kind): Match {
  const parts = text.split(",").map((part): Match => {
    const match = /^([^=!]+)(==|!=|=)(.*)$/.exec(part);
    if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
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
