import { arrayOr, below, equal, isObject, type JsonObject, objectOr } from "../core/json.ts";
import { checkConfigKey, checkKey, checkLabels, checkLabelValue, checkName } from "../core/metadata.ts";
import { type Problem, problem } from "../core/status-errors.ts";

/** What is wrong with a value at a path, given the object that it is a field of and the pod spec around that. */
export type Check = (value: unknown, path: string, of: JsonObject, pod: JsonObject) => readonly Problem[];

/** The largest int32, where the API has one as the end of a range. */
export const mostInt = 2_147_483_647;
const none: readonly Problem[] = [];

/** Checks the fields of an object, in this order; of none if there is no object. */
export function fields(checks: Readonly<Record<string, Check>>): Check {
  const entries = Object.entries(checks);
  return (value, path, _, pod) => {
    if (!isObject(value)) return none;
    let found = none;
    for (const [name, check] of entries) found = joined(found, check(value[name], below(path, name), value, pod));
    return found;
  };
}

/** Nearly always there is nothing to join. */
function joined(found: readonly Problem[], more: readonly Problem[]): readonly Problem[] {
  if (more.length === 0) return found;
  return found.length === 0 ? more : [...found, ...more];
}

/** The checks of a whole object, as its kind's rules have them. */
export function checkOf(checks: Readonly<Record<string, Check>>): (object: JsonObject) => readonly Problem[] {
  const check = fields(checks);
  return (object) => check(object, "", object, object);
}

export function items(check: Check): Check {
  return (list, path, of, pod) => arrayOr(list).flatMap((item, index) => check(item, `${path}[${index}]`, of, pod));
}

export function all(...checks: readonly Check[]): Check {
  return (value, path, of, pod) => {
    let found = none;
    for (const check of checks) found = joined(found, check(value, path, of, pod));
    return found;
  };
}

export function needed(detail = ""): Check {
  return (value, path) => (isEmpty(value) ? [problem.required(path, detail)] : none);
}

/** Refuses a value that is absent, empty or zero, and else checks it. */
export function filled(check: Check, detail = ""): Check {
  return (value, path, of, pod) => (value ? check(value, path, of, pod) : [problem.required(path, detail)]);
}

/** Refuses a value that there is and that fails a test. */
export function must(test: (value: unknown, of: JsonObject) => boolean, why: string): Check {
  return (value, path, of) => (isEmpty(value) || test(value, of) ? none : [problem.invalid(path, value, why)]);
}

export function matching(pattern: RegExp, why: string): Check {
  return must((value) => pattern.test(String(value)), why);
}

export function oneOf(...allowed: readonly string[]): Check {
  return (value, path) =>
    value === undefined || allowed.includes(String(value)) ? none : [problem.unsupported(path, value, allowed)];
}

export function atLeast(least: number): Check {
  return must((value) => Number(value) >= least, `must be greater than or equal to ${least}`);
}

export function between(least: number, most: number): Check {
  const why = `must be between ${least} and ${most}, inclusive`;
  return must((value) => Number(value) >= least && Number(value) <= most, why);
}

/** Refuses items whose field has the value of an earlier one. */
export function unique(field: string, refuse = problem.duplicate): Check {
  return (list, path) => {
    const values = arrayOr(list).map((item) => item[field]);
    return values.flatMap((value, index) =>
      !isEmpty(value) && values.indexOf(value) < index ? [refuse(`${path}[${index}].${field}`, value)] : [],
    );
  };
}

export function named(shape: "subdomain" | "label"): Check {
  return (value, path) => (isEmpty(value) ? none : checkName(path, String(value), shape));
}

export const configKey: Check = (key, path) => checkConfigKey(String(key), path);
export const labelKey: Check = (value, path) => (isEmpty(value) ? none : checkKey(path, String(value)));
export const labelMap: Check = (value, path) => checkLabels(path, objectOr(value));

/** Fields of the spec that an update has to leave as they are. */
export function unchanged(old: unknown, next: unknown, names: readonly string[]): Problem[] {
  const [before, after] = [objectOr(old), objectOr(next)];
  return names
    .filter((name) => !equal(before[name], after[name]))
    .map((name) => problem.invalid(`spec.${name}`, after[name] ?? null, "field is immutable"));
}

const percentText =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/** A whole number of zero or more, or a percentage; as maxSurge and minAvailable have it. */
export const intOrPercent: Check = (value, ...at) =>
  (typeof value === "string" ? matching(/^[0-9]+%$/, percentText) : atLeast(0))(value, ...at);

export const atMostAll: Check = must(
  (value) => typeof value !== "string" || !/^[0-9]+%$/.test(value) || Number.parseInt(value, 10) <= 100,
  "must not be greater than 100%",
);

/** A requirement on labels; `comparing` are operators that take one number. */
export function expression(...comparing: readonly string[]): Check {
  const value: Check = comparing.length > 0 ? () => none : (text, path) => checkLabelValue(path, text);
  const checkFields = fields({ key: (key, path) => checkKey(path, String(key ?? "")), values: items(value) });
  return (value, path, ...around) => [
    ...checkValues(objectOr(value), path, comparing),
    ...checkFields(value, path, ...around),
  ];
}

/** `matchLabels` and `matchExpressions`. */
export const labelSelector: Check = fields({ matchLabels: labelMap, matchExpressions: items(expression()) });

function checkValues({ operator = "", values }: JsonObject, path: string, comparing: readonly string[]) {
  const count = arrayOr(values).length;
  const at = `${path}.values`;
  if (operator === "In" || operator === "NotIn")
    return count > 0 ? none : [problem.required(at, "must be specified when `operator` is 'In' or 'NotIn'")];
  if (operator === "Exists" || operator === "DoesNotExist") {
    const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    return count === 0 ? none : [problem.forbidden(at, why)];
  }
  if (!comparing.includes(String(operator)))
    return [problem.invalid(`${path}.operator`, operator, "not a valid selector operator")];
  const why = "must be specified single value when `operator` is 'Lt' or 'Gt'";
  return count === 1 ? none : [problem.required(at, why)];
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}
