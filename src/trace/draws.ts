import type { Random } from "../kernel/random.ts";

/** Uniform in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.next();
}

export function chance(random: Random, probability: number): boolean {
  return random.next() < probability;
}

/** One of the items, each as likely. */
export function pick<T>(random: Random, items: readonly [T, ...T[]]): T {
  return items[random.integer(items.length)] ?? items[0];
}

/** One of the items, by its weight. */
export function pickWeighted<T>(
  random: Random,
  items: readonly [readonly [T, number], ...(readonly [T, number])[]],
): T {
  let left = random.next() * items.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [item, weight] of items) {
    left -= weight;
    if (left < 0) return item;
  }
  return items[0][0];
}

/** A log-normal by its median and the deviation of its logarithm. */
export function logNormal(random: Random, median: number, sigma: number): number {
  return median * Math.exp(random.normal(0, sigma));
}

/** A Pareto tail: at least `least`, and above x with probability (least/x)^alpha. */
export function pareto(random: Random, least: number, alpha: number): number {
  return least * (1 - random.next()) ** (-1 / alpha);
}

export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random.next());
}

/** How many events of a Poisson process of this mean, by multiplication below 30 and as a rounded normal above. */
export function poisson(random: Random, mean: number): number {
  if (mean > 30) return Math.max(0, Math.round(random.normal(mean, Math.sqrt(mean))));
  const floor = Math.exp(-mean);
  let events = 0;
  for (let left = random.next(); left > floor; left *= random.next()) events += 1;
  return events;
}

/** The items in random order; the list given is left as it is. */
export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = random.integer(last + 1);
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}
