import { Failure } from "../../kernel/failure.ts";

interface Range {
  readonly from: number;
  readonly to: number;
  readonly whole?: boolean;
}

/** A number that was typed after an option, or `otherwise` where it was not. */
export function amount(option: string, typed: string | undefined, range: Range): number | undefined {
  if (typed === undefined) return undefined;
  const { from, to, whole = false } = range;
  const value = typed.trim() === "" ? Number.NaN : Number(typed);
  if (value >= from && value <= to && (!whole || Number.isInteger(value))) return value;
  throw new Failure("USAGE", `--${option} is ${typed}`, {
    fix: `give a ${whole ? "whole number" : "number"} from ${from} to ${to}`,
  });
}

/** `FROM..TO` in days, or `N`, the first N. */
export function dayRange(typed: string | undefined): { readonly from: number; readonly to: number } | undefined {
  if (typed === undefined) return undefined;
  const [, first = "", last] = /^(\d+(?:\.\d+)?)(?:\.\.(\d+(?:\.\d+)?))?$/.exec(typed) ?? [];
  const [from, to] = last === undefined ? [0, Number(first)] : [Number(first), Number(last)];
  if (first !== "" && to > from) return { from, to };
  throw new Failure("USAGE", `--days is ${typed}`, {
    fix: "give a number of days such as 7, or a range such as 3..10",
  });
}
