import type { Environment } from "@marcbachmann/cel-js";

import { quantityOf } from "../../kernel/quantity.ts";
import { findMatches, matches } from "./pattern.ts";

type Handler = (...values: never[]) => unknown;

/** An amount as `quantity("1Gi")` makes it. */
class Quantity {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** The longest text that a rule may make. */
const longestText = 1_000_000;

const quantities: Record<string, Handler> = {
  "isQuantity(string): bool": (text: string) => quantityOf(text) !== undefined,
  "quantity(string): Quantity": (text: string) => amount(text),
  "Quantity.isGreaterThan(Quantity): bool": (a: Quantity, b: Quantity) => a.value > b.value,
  "Quantity.isLessThan(Quantity): bool": (a: Quantity, b: Quantity) => a.value < b.value,
  "Quantity.compareTo(Quantity): int": (a: Quantity, b: Quantity) => BigInt(Math.sign(a.value - b.value)),
  "Quantity.isInteger(): bool": ({ value }: Quantity) => Number.isSafeInteger(value),
  "Quantity.asInteger(): int": ({ value }: Quantity) => BigInt(value),
  "Quantity.asApproximateFloat(): double": ({ value }: Quantity) => value,
  "Quantity.sign(): int": ({ value }: Quantity) => BigInt(Math.sign(value)),
  "Quantity.add(Quantity): Quantity": (a: Quantity, b: Quantity) => new Quantity(a.value + b.value),
  "Quantity.sub(Quantity): Quantity": (a: Quantity, b: Quantity) => new Quantity(a.value - b.value),
};

const texts: Record<string, Handler> = {
  "string.find(string): string": (text: string, pattern: string) => findMatches(pattern, text, 1)[0] ?? "",
  "string.findAll(string): list<string>": (text: string, pattern: string) => findMatches(pattern, text),
  "string.findAll(string, int): list<string>": (text: string, pattern: string, most: bigint) =>
    findMatches(pattern, text, most < 0n ? undefined : Number(most)),
  // the library's own `matches` is not bounded
  "string.matchesPattern(string): bool": (text: string, pattern: string) => matches(pattern, text),
  "string.charAt(int): string": (text: string, index: bigint) => text.charAt(Number(index)),
  "string.replace(string, string): string": (text: string, from: string, to: string) =>
    bounded(text, from, to, text.split(from).length),
  "string.format(list): string": (text: string, values: readonly unknown[]) => formatted(text, values),
  "isURL(string): bool": (text: string) => URL.canParse(text),
};

const lists: Record<string, Handler> = {
  "list.sum(): dyn": (list: readonly bigint[]) => list.reduce((sum, value) => sum + value, zeroOf(list)),
  "list.min(): dyn": (list: readonly bigint[]) => extreme(list, (a, b) => a < b),
  "list.max(): dyn": (list: readonly bigint[]) => extreme(list, (a, b) => a > b),
  "list.isSorted(): bool": (list: readonly bigint[]) =>
    list.every((value, index) => index === 0 || (list[index - 1] ?? value) <= value),
  "list.indexOf(dyn): int": (list: readonly unknown[], value: unknown) => BigInt(list.indexOf(value)),
  "list.lastIndexOf(dyn): int": (list: readonly unknown[], value: unknown) => BigInt(list.lastIndexOf(value)),
};

/** Adds what Kubernetes has beside CEL's own: on texts, lists, quantities and URLs; not on addresses and sets. */
export function registerFunctions(environment: Environment): void {
  environment.registerType("Quantity", Quantity);
  const all = { ...quantities, ...texts, ...lists };
  for (const [signature, handler] of Object.entries(all)) environment.registerFunction(signature, handler as never);
  environment.registerOperator("Quantity == Quantity", (a: Quantity, b: Quantity) => a.value === b.value);
}

function amount(text: string): Quantity {
  const value = quantityOf(text);
  if (value === undefined) throw new Error("quantities must match the regular expression");
  return new Quantity(value);
}

function bounded(text: string, from: string, to: string, parts: number): string {
  if (text.length + parts * to.length > longestText) throw new Error("the text becomes too long");
  return text.replaceAll(from, () => to);
}

function formatted(text: string, values: readonly unknown[]): string {
  const rest = [...values];
  return text.replace(/%(?:\.\d+)?[sdfbxXoe%]/g, (verb) => (verb === "%%" ? "%" : String(rest.shift())));
}

function zeroOf(list: readonly unknown[]): bigint {
  return (typeof list[0] === "number" ? 0 : 0n) as bigint;
}

function extreme(list: readonly bigint[], before: (a: bigint, b: bigint) => boolean): bigint {
  const [first, ...rest] = list;
  if (first === undefined) throw new Error("min or max called on empty list");
  return rest.reduce((best, value) => (before(value, best) ? value : best), first);
}
