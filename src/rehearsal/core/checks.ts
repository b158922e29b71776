import { arrayOr, type JsonObject, objectOr } from "./json.ts";
import { checkKey, checkLabels, checkLabelValue } from "./metadata.ts";
import { type Problem, problem } from "./status-errors.ts";

/** The largest int32, where the API has one as the end of a range. */
export const mostInt = 2_147_483_647;

/** The problems of each item of a list that may be absent, found at `field[index]`. */
export function each(list: unknown, field: string, check: (item: JsonObject, field: string) => Problem[]): Problem[] {
  return arrayOr(list).flatMap((item, index) => check(item, `${field}[${index}]`));
}

export function required(value: unknown, field: string, detail = ""): Problem[] {
  return value === undefined || value === null || value === "" ? [problem.required(field, detail)] : [];
}

export function oneOf(value: unknown, field: string, allowed: readonly string[]): Problem[] {
  return value === undefined || allowed.includes(value as string) ? [] : [problem.unsupported(field, value, allowed)];
}

export function atLeast(value: unknown, field: string, least: number): Problem[] {
  return value === undefined || Number(value) >= least
    ? []
    : [problem.invalid(field, value, `must be greater than or equal to ${least}`)];
}

export function between(value: unknown, field: string, least: number, most: number): Problem[] {
  const isInRange = value === undefined || (Number(value) >= least && Number(value) <= most);
  return isInRange ? [] : [problem.invalid(field, value, `must be between ${least} and ${most}, inclusive`)];
}

/** Items whose `name` came before. */
export function unique(list: unknown, field: string): Problem[] {
  const names = arrayOr(list).map(({ name }) => name);
  return each(list, field, ({ name }, path) =>
    name && names.indexOf(name) < Number(/(\d+)\]$/.exec(path)?.[1]) ? [problem.duplicate(`${path}.name`, name)] : [],
  );
}

/** Fields that an update has to leave as they are. */
export function unchanged(
  old: unknown,
  next: unknown,
  fields: readonly string[],
  same: (a: unknown, b: unknown) => boolean,
) {
  const [before, after] = [objectOr(old), objectOr(next)];
  return fields
    .filter((field) => !same(before[field], after[field]))
    .map((field) => problem.invalid(`spec.${field}`, after[field] ?? null, "field is immutable"));
}

/** A whole number of zero or more, or a percentage; as maxSurge and minAvailable have it. */
export function intOrPercent(value: unknown, field: string): Problem[] {
  if (typeof value !== "string") return atLeast(value, field, 0);
  if (!/^[0-9]+%$/.test(value)) {
    const why =
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
    return [problem.invalid(field, value, why)];
  }
  return [];
}

export function atMostAll(value: unknown, field: string): Problem[] {
  const isMore = typeof value === "string" && /^[0-9]+%$/.test(value) && Number.parseInt(value, 10) > 100;
  return isMore ? [problem.invalid(field, value, "must not be greater than 100%")] : [];
}

/** `matchLabels` and `matchExpressions`. */
export function checkSelector(selector: unknown, field: string): Problem[] {
  const { matchLabels, matchExpressions } = objectOr(selector);
  return [
    ...checkLabels(`${field}.matchLabels`, objectOr(matchLabels)),
    ...each(matchExpressions, `${field}.matchExpressions`, (one, path) => checkExpression(one, path, [])),
  ];
}

/** A requirement on labels; `comparing` are operators that take one number. */
export function checkExpression(expression: JsonObject, field: string, comparing: readonly string[]): Problem[] {
  const { key, operator } = expression;
  const values = arrayOr<unknown>(expression["values"]);
  return [
    ...checkValues(String(operator ?? ""), values, field, comparing),
    ...checkKey(`${field}.key`, String(key ?? "")),
    ...(comparing.length > 0
      ? []
      : values.flatMap((value, index) => checkLabelValue(`${field}.values[${index}]`, value))),
  ];
}

function checkValues(operator: string, values: readonly unknown[], field: string, comparing: readonly string[]) {
  const at = `${field}.values`;
  if (operator === "In" || operator === "NotIn") {
    return values.length > 0 ? [] : [problem.required(at, "must be specified when `operator` is 'In' or 'NotIn'")];
  }
  if (operator === "Exists" || operator === "DoesNotExist") {
    const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    return values.length === 0 ? [] : [problem.forbidden(at, why)];
  }
  if (!comparing.includes(operator))
    return [problem.invalid(`${field}.operator`, operator, "not a valid selector operator")];
  return values.length === 1
    ? []
    : [problem.required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'")];
}
