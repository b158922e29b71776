/** What an expression is worth. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** False, 0, -0, NaN, the empty text and null are not; all else is. */
export function isTruthy(value: Value): boolean {
  return Boolean(value);
}

/** As GitHub compares: texts without regard to case, values of different types as numbers, collections by identity. */
export function isEqual(left: Value, right: Value): boolean {
  if (typeof left === "string" && typeof right === "string") return left.toLowerCase() === right.toLowerCase();
  if (isCollection(left) && isCollection(right)) return left === right;
  return typeof left === typeof right && left !== null ? left === right : numberOf(left) === numberOf(right);
}

/** Below, equal or above zero; NaN where the two cannot be put in an order. */
export function compare(left: Value, right: Value): number {
  if (typeof left !== "string" || typeof right !== "string") return numberOf(left) - numberOf(right);
  const [a, b] = [left.toLowerCase(), right.toLowerCase()];
  return a === b ? 0 : a < b ? -1 : 1;
}

/** As a value stands in a text: null is nothing, a collection only its sort. */
export function textOf(value: Value): string {
  if (value === null) return "";
  if (isCollection(value)) return Array.isArray(value) ? "Array" : "Object";
  return Object.is(value, -0) ? "0" : String(value);
}

export function isCollection(value: Value): value is readonly Value[] | { readonly [key: string]: Value } {
  return typeof value === "object" && value !== null;
}

function numberOf(value: Value): number {
  if (isCollection(value)) return Number.NaN;
  return Number(value);
}
