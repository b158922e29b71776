/** How long the last jobs of each pool ran: what is known of the next one before it runs. */
export class RecentDurations {
  readonly #pools = new Map<number, number[]>();
  readonly #all: number[] = [];

  add(pool: number, seconds: number): void {
    const own = this.#pools.get(pool) ?? [];
    this.#pools.set(pool, own);
    for (const recent of [own, this.#all]) {
      recent.push(seconds);
      if (recent.length > kept) recent.shift();
    }
  }

  /** Of the pool's jobs; of all, while it has had fewer than three; an hour and eight before any has ended. */
  expected(pool: number): { readonly p50: number; readonly p90: number } {
    const own = this.#pools.get(pool) ?? [];
    const known = own.length < 3 ? this.#all : own;
    if (known.length === 0) return { p50: 3600, p90: 8 * 3600 };
    const sorted = known.toSorted((a, b) => a - b);
    const at = (p: number) => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0;
    return { p50: at(0.5), p90: at(0.9) };
  }
}

const kept = 20;
