const [minute, hour, day, year] = [60, 3600, 86_400, 31_536_000];

/** Below so many seconds: the greater unit, and the smaller one (when any is left). As apimachinery's HumanDuration. */
const scales: readonly (readonly [below: number, unit: number, name: string, rest?: number, restName?: string])[] = [
  [2 * minute, 1, "s"],
  [10 * minute, minute, "m", 1, "s"],
  [3 * hour, minute, "m"],
  [8 * hour, hour, "h", minute, "m"],
  [48 * hour, hour, "h"],
  [8 * day, day, "d", hour, "h"],
  [2 * year, day, "d"],
  [8 * year, year, "y", day, "d"],
  [Number.POSITIVE_INFINITY, year, "y"],
];

/** A span as kubectl shows it, such as `90s`, `5m3s`, `47h`. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1 || Number.isNaN(seconds)) return "<invalid>";
  const [, unit, name, rest = unit, restName = ""] = scales.find(([below]) => seconds < below) ??
    scales[0] ?? [0, 1, "s"];
  const left = Math.floor((seconds % unit) / rest);
  return `${Math.max(0, Math.floor(seconds / unit))}${name}${left > 0 ? `${left}${restName}` : ""}`;
}

/** How long ago a time was. */
export function ageOf(time: unknown, nowMs: number): string {
  return typeof time === "string" && time !== "" ? humanDuration(nowMs - Date.parse(time)) : "<unknown>";
}
