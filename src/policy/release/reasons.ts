/** Such as `45 s`, `4 min`, `1.5 h`. */
export function spanText(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${rounded(seconds / 60)} min`;
  return `${rounded(seconds / 3600)} h`;
}

/** Such as `62 %`. */
export function percentText(share: number): string {
  return `${Math.round(share * 100)} %`;
}

const rounded = (value: number): number => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
