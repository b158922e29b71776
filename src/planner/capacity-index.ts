import { Bits } from "./bits.ts";

/**
 * One resource over all instance types: which types have at least an amount, as a set, and which of a shrinking set has
 * most. Built once for each catalog.
 */
export class CapacityIndex {
  /** Types, the largest first. */
  readonly order: Int32Array;
  readonly amounts: Float64Array;
  readonly #steps: number[] = [];
  readonly #sets: Bits[] = [];

  constructor(amounts: Float64Array) {
    this.amounts = amounts;
    this.order = Int32Array.from(amounts.keys()).sort((a, b) => (amounts[b] ?? 0) - (amounts[a] ?? 0) || a - b);
    const running = new Bits(amounts.length);
    for (const [position, type] of this.order.entries()) {
      running.add(type);
      const amount = amounts[type] ?? 0;
      if (amount === (amounts[this.order[position + 1] ?? -1] ?? -1)) continue;
      this.#steps.push(amount);
      this.#sets.push(running.clone());
    }
  }

  /** The types that have at least `amount`; undefined when none has. */
  atLeast(amount: number): Bits | undefined {
    const steps = this.#steps;
    let [low, high] = [0, steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((steps[middle] ?? 0) >= amount) low = middle + 1;
      else high = middle;
    }
    return this.#sets[low - 1];
  }

  /** The position in `order`, from `start` on, of the largest type of a set. */
  largestOf(types: Bits, start: number): number {
    let position = start;
    while (position < this.order.length && !types.has(this.order[position] ?? 0)) position += 1;
    return position;
  }

  at(position: number): number {
    return this.amounts[this.order[position] ?? -1] ?? 0;
  }
}
