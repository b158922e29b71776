/** Not of a million digits: that takes seconds. */
const digitsPattern = /^(?!.{1000})([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/;
const decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const nano = 1_000_000_000n;

/**
 * A quantity as Kubernetes writes it back: `0.5` is `500m`, `1024Mi` is `1Gi`. What is finer than a billionth is
 * rounded up. Undefined for text that is no quantity. As `CanonicalizeBytes` in apimachinery's pkg/api/resource.
 */
export function canonicalQuantity(text: string): string | undefined {
  // Most are written as they are to be
  if (/^[1-9]\d{0,2}([mkMGTPE]|[KMGTPE]i)?$/.test(text)) return text;
  const [, sign, whole = "", part = "", exponent, suffix = ""] = digitsPattern.exec(text) ?? [];
  if (whole + part === "" || Math.abs(Number(exponent ?? 0)) > 30) return undefined;
  const size = binary.indexOf(suffix);
  const isBinary = suffix.endsWith("i");
  const power = exponent === undefined ? (isBinary ? 0 : (decimal.indexOf(suffix) - 3) * 3) : Number(exponent);
  const shift = 9 + power - part.length;
  const scaled = BigInt(whole + part) * (isBinary ? 1024n ** BigInt(size) : 1n);
  const divisor = 10n ** BigInt(Math.max(0, -shift));
  const value = shift < 0 ? (scaled + divisor - 1n) / divisor : scaled * 10n ** BigInt(shift);
  const minus = sign === "-" && value > 0n ? "-" : "";
  if (isBinary && value >= 1024n * nano) return minus + inUnits((value + nano - 1n) / nano, 1024n, binary);
  return minus + (exponent === undefined ? inUnits(value, 1000n, decimal) : inExponents(value));
}

/** The value in the largest unit that leaves no fraction. */
function inUnits(value: bigint, step: bigint, units: readonly string[]): string {
  if (value === 0n) return "0";
  let [amount, unit] = [value, 0];
  while (amount % step === 0n && unit < units.length - 1) [amount, unit] = [amount / step, unit + 1];
  return `${amount}${units[unit]}`;
}

function inExponents(value: bigint): string {
  if (value === 0n) return "0";
  let [amount, exponent] = [value, -9];
  while (amount % 1000n === 0n) [amount, exponent] = [amount / 1000n, exponent + 3];
  return exponent === 0 ? String(amount) : `${amount}e${exponent}`;
}
