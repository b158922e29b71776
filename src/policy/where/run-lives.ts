/** How many runs are remembered: the newest, since what a pool runs changes. */
const kept = 200;
/** A node is not followed through more runs than so many. */
const mostRuns = 12;
/** Nor are chances below this. */
const leastChance = 1e-3;

/** How long the last runs of a pool lasted, and what follows for when nodes are free. */
export class RunLives {
  readonly #ring = new Float64Array(kept);
  readonly #sorted = new Float64Array(kept);
  #next = 0;
  #isSorted = true;
  count = 0;

  add(seconds: number): void {
    this.#ring[this.#next] = seconds;
    this.#next = (this.#next + 1) % kept;
    this.count = Math.min(kept, this.count + 1);
    this.#isSorted = false;
  }

  /**
   * How often a node that begins a run now, and another as soon as each is over, is expected to become free within so many
   * seconds: i runs are over when none lasts longer than an i-th of them, as near as matters here.
   */
  endsAfterStart(seconds: number): number {
    let ends = 0;
    for (let runs = 1; runs <= mostRuns; runs += 1) {
      const chance = this.#isOver(seconds / runs) ** runs;
      if (chance < leastChance) break;
      ends += chance;
    }
    return ends;
  }

  /** The same of a node whose run has lasted `age` seconds. */
  endsAtAge(age: number, seconds: number): number {
    const alive = this.#longer(age) + 0.5;
    let ends = 0;
    for (let runs = 1; runs <= mostRuns; runs += 1) {
      const share = seconds / runs;
      const first = Math.max(0, 1 - (this.#longer(age + share) + 0.5) / alive);
      const chance = runs === 1 ? first : first * this.#isOver(share) ** (runs - 1);
      if (chance < leastChance) break;
      ends += chance;
    }
    return ends;
  }

  /** The probability that a run which begins now is over after so many seconds. */
  #isOver(seconds: number): number {
    return seconds <= 0 ? 0 : 1 - (this.#longer(seconds) + 0.5) / (this.count + 1);
  }

  /** Runs that lasted longer. */
  #longer(seconds: number): number {
    this.#sort();
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] ?? 0) > seconds) high = middle;
      else low = middle + 1;
    }
    return this.count - low;
  }

  #sort(): void {
    if (this.#isSorted) return;
    this.#isSorted = true;
    this.#sorted.set(this.#ring);
    this.#sorted.subarray(0, this.count).sort();
  }
}
