/**
 * The levels of one pool as they are left and taken again in the simulation, and what idle nodes cost that were released
 * in the meantime. Whether that is the cost of a gap is known only when the level is taken again: the last idle time of
 * a level ends no gap.
 */
export class Ledger {
  /** Numbers of departures whose levels are free; the last one is the top level. */
  readonly #departures: number[] = [];
  readonly #costs: number[] = [];
  #next = 0;
  /** What was spent on levels that were taken again, so far. */
  closed = 0;

  /** A level is left; the number of the departure. */
  leave(): number {
    this.#departures.push(this.#next);
    this.#costs.push(0);
    return this.#next++;
  }

  /** A level is needed; false when it is a new one. */
  take(): boolean {
    const cost = this.#costs.pop();
    if (cost === undefined) return false;
    this.#departures.pop();
    this.closed += cost;
    return true;
  }

  /** The departure of the top level that is free; -1: none. */
  get top(): number {
    return this.#departures.at(-1) ?? -1;
  }

  /** A node that idled since this departure was given back. */
  release(departure: number, cost: number): void {
    const index = this.#indexOf(departure);
    if (index === -1) this.closed += cost;
    else this.#costs[index] = (this.#costs[index] ?? 0) + cost;
  }

  #indexOf(departure: number): number {
    let [low, high] = [0, this.#departures.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.#departures[middle] ?? 0;
      if (found === departure) return middle;
      if (found < departure) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}
