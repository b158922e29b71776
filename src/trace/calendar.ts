/** A Monday, 00:00 UTC: the start of traces without a calendar. */
export const defaultStartMs = Date.UTC(2026, 0, 5);
export const dayMs = 86_400_000;

const stamp =
  /^(19[7-9]\d|20\d\d)-(\d\d)-(\d\d)[ T]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:[.,](\d{1,9}))?(?: ?(Z|UTC|[+-]\d\d:?\d\d))?$/;

/** Milliseconds since the epoch of `2023-11-16 18:17:03.979[+08:00]`; one without a zone is taken as UTC. NaN: not a time, or none from 1970 to 2099. */
export function parseTimestamp(text: string): number {
  const found = stamp.exec(text);
  if (found === null) return Number.NaN;
  const [, year, month, day, hour, minute, second, fraction, zone] = found;
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  // 2023-02-31 would be 3 March
  if (new Date(ms).getUTCDate() !== Number(day)) return Number.NaN;
  return ms + (fraction === undefined ? 0 : Number(`0.${fraction}`) * 1000) - zoneMs(zone);
}

/** 00:00 UTC of that day. */
export function dayStart(ms: number): number {
  return Math.floor(ms / dayMs) * dayMs;
}

function zoneMs(zone: string | undefined): number {
  if (zone === undefined || zone === "Z" || zone === "UTC") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}
