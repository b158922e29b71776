import { Failure } from "./failure.ts";

const scales: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const quantityPattern = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/;

/** The value of a Kubernetes quantity (`500m`, `1.5Gi`, `2e3`) as a plain number, or undefined if it is not one. */
export function quantityOf(text: string | number): number | undefined {
  const match = quantityPattern.exec(String(text));
  if (match === null) return undefined;
  const [, digits, exponent, suffix] = match;
  return Number(`${digits}${exponent ?? ""}`) * (scales[suffix ?? ""] ?? 1);
}

/** As `quantityOf`, for text that was checked at the edge. */
export function parseQuantity(text: string | number): number {
  const value = quantityOf(text);
  if (value === undefined) throw new Failure("BUG", `not a quantity: ${text}`);
  return value;
}

const durationUnits: Record<string, number> = { ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86400e3 };

/** Milliseconds in a duration such as `30s`, `1h30m` or `2d`, or undefined if it is not one. */
export function durationOf(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(digits) * (durationUnits[unit ?? ""] ?? 0);
  }
  return total;
}

/** As `durationOf`, for text that was checked at the edge. */
export function parseDuration(text: string): number {
  const value = durationOf(text);
  if (value === undefined) throw new Failure("BUG", `not a duration: ${text}`);
  return value;
}

/** A duration as Kubernetes and Karpenter write it: `90s` for whole seconds under a minute's multiple, `15m`, `4h`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds > 0 && seconds % 3600 === 0) return `${seconds / 3600}h`;
  if (seconds > 0 && seconds % 60 === 0) return `${seconds / 60}m`;
  return `${seconds}s`;
}
