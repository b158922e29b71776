/** GPU-hours, narrow: `3.2`, `417`, `12,345`. */
export function hoursText(hours: number): string {
  return hours < 99.95 ? hours.toFixed(1) : grouped(hours);
}

export function usdText(usd: number): string {
  return usd < 99.995 ? `$${usd.toFixed(2)}` : `$${grouped(usd)}`;
}

/** A span in its nearest unit: `42 s`, `3.6 min`, `12 min`, `5.0 h`, `3.1 d`. */
export function spanText(seconds: number): string {
  if (seconds < 99.5) return `${Number(seconds.toFixed(seconds < 9.95 ? 1 : 0))} s`;
  if (seconds < 99.5 * 60) return `${Number((seconds / 60).toFixed(seconds < 597 ? 1 : 0))} min`;
  return seconds < 72 * 3600 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} d`;
}

/** To a tenth below ten per cent. */
export function shareText(share: number): string {
  const percent = 100 * share;
  return `${percent.toFixed(percent !== 0 && Math.abs(percent) < 9.95 ? 1 : 0)} %`;
}

/** A ratio to the optimum; null, where there is none, is a dash. */
export function ratioText(ratio: number | null): string {
  if (ratio === null) return "-";
  return ratio < 99.995 ? ratio.toFixed(ratio < 9.995 ? 3 : 1) : grouped(ratio);
}

/** Thousands apart. */
export function grouped(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

/** One value, or both ends where they differ when written. */
export function rangeText([from, to]: readonly [number, number], text: (value: number) => string): string {
  return text(from) === text(to) ? text(from) : `${text(from)} to ${text(to)}`;
}
