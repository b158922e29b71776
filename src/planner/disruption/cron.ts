const macros: Record<string, string> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

const ranges = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

/**
 * Whether a five-field cron schedule in UTC (or a macro such as `@daily`) fired within the last `durationMs`: then the
 * window that it opens is open at `nowMs`. Numbers, lists, ranges and steps are understood, names of days are not.
 */
export function isWithinSchedule(schedule: string, durationMs: number, nowMs: number): boolean {
  const fields = (macros[schedule] ?? schedule).trim().split(/\s+/);
  const sets = ranges.map(([least, most], index) => fieldValues(fields[index] ?? "*", least, most));
  const minute = 60_000;
  for (let at = Math.floor(nowMs / minute) * minute; at > nowMs - durationMs; at -= minute) {
    if (fires(sets, fields, new Date(at))) return true;
  }
  return false;
}

function fires(sets: readonly ReadonlySet<number>[], fields: readonly string[], at: Date): boolean {
  const [minutes, hours, days, months, weekdays] = sets;
  if (!minutes?.has(at.getUTCMinutes()) || !hours?.has(at.getUTCHours()) || !months?.has(at.getUTCMonth() + 1))
    return false;
  const day = days?.has(at.getUTCDate()) ?? false;
  const weekday = (weekdays?.has(at.getUTCDay()) || (at.getUTCDay() === 0 && weekdays?.has(7))) ?? false;
  // As in crontab(5): two restricted day fields mean either of them
  return fields[2] !== "*" && fields[4] !== "*" ? day || weekday : day && weekday;
}

function fieldValues(field: string, least: number, most: number): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const [range = "*", step = "1"] = part.split("/");
    const [from, to] = range === "*" ? [least, most] : range.split("-").map(Number);
    const end = to ?? (part.includes("/") ? most : from);
    for (let value = from ?? least; value <= (end ?? most); value += Math.max(1, Number(step))) values.add(value);
  }
  return values;
}
