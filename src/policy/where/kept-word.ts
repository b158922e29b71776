/** Of waits, how many were expected to be in vain and how many were, with old ones counting less. */
interface Count {
  expected: number;
  inVain: number;
}

/** Waits after which old ones count half. */
const halfLife = 100;
/** So many waits that were expected to be in vain, in all pools, count as much as one's own. */
const prior = 0.1;
/** Jobs that may wait in vain, of all that come to a pool: fewer than the twentieth that a p95 leaves out. */
const mostInVain = 0.02;

/** Whether waits end as they were said to. */
export class KeptWord {
  readonly #all: Count = { expected: 0, inVain: 0 };
  readonly #pools: Count[] = [];
  readonly #arrived: number[] = [];
  readonly #inVain: number[] = [];

  arrived(pool: number): void {
    this.#arrived[pool] = (this.#arrived[pool] ?? 0) + 1;
  }

  /** A job is to wait, which is in vain with this probability. */
  said(pool: number, probability: number): void {
    const decay = 2 ** (-1 / halfLife);
    for (const count of this.#counts(pool)) {
      count.expected = count.expected * decay + probability;
      count.inVain *= decay;
    }
  }

  wasInVain(pool: number): void {
    this.#inVain[pool] = (this.#inVain[pool] ?? 0) + 1;
    for (const count of this.#counts(pool)) count.inVain += 1;
  }

  /** Whether one more job of this pool may wait. */
  mayWait(pool: number): boolean {
    return (this.#inVain[pool] ?? 0) <= mostInVain * (this.#arrived[pool] ?? 0);
  }

  /** How much more often waits were in vain in this pool than they were expected to be; 1 at least. */
  factor(pool: number): number {
    const [all, own] = this.#counts(pool);
    const general = (all.inVain + prior) / (all.expected + prior);
    return Math.max(1, (own.inVain + prior * general) / (own.expected + prior));
  }

  #counts(pool: number): [Count, Count] {
    const own = this.#pools[pool] ?? { expected: 0, inVain: 0 };
    this.#pools[pool] = own;
    return [this.#all, own];
  }
}
