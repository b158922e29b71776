// 95 % intervals: over seeds, and by drawing whole users again.

/** Two-sided 97.5 % quantiles of Student's t, by degrees of freedom. */
const students = [0, 12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23];

/** Mean of some seeds, and the interval that has the true mean. */
export function overSeeds(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { value: mean };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const half = (students[values.length - 1] ?? 1.96) * Math.sqrt(variance / values.length);
  return { value: mean, from: mean - half, to: mean + half };
}

/** Σ of the first over Σ of the second, and the interval from drawing the pairs again. */
export function bootstrapRatio(pairs, random, draws = 1000) {
  const ratio = (some) => some.reduce((sum, [a]) => sum + a, 0) / some.reduce((sum, [, b]) => sum + b, 0);
  const value = ratio(pairs);
  if (pairs.length < 5) return { value };
  const drawn = Array.from({ length: draws }, () => ratio(pairs.map(() => pairs[Math.floor(random() * pairs.length)])));
  drawn.sort((a, b) => a - b);
  return { value, from: drawn[Math.floor(draws * 0.025)], to: drawn[Math.ceil(draws * 0.975) - 1] };
}

/** Deterministic numbers from 0 to 1: the same results give the same intervals. */
export function numbersFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function intervalText({ value, from, to }, text = (x) => x.toFixed(3)) {
  return from === undefined ? text(value) : `${text(value)} (${text(from)} to ${text(to)})`;
}
