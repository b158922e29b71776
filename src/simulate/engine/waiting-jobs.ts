/** Jobs of a pool that wait, first come first served. */
export class WaitingJobs {
  #rows: number[] = [];
  #head = 0;

  get length(): number {
    return this.#rows.length - this.#head;
  }

  /** The one that has waited longest; -1: none. */
  get first(): number {
    return this.#rows[this.#head] ?? -1;
  }

  at(index: number): number {
    return this.#rows[this.#head + index] ?? -1;
  }

  add(row: number): void {
    this.#rows.push(row);
  }

  /** Before all others, such as a job that ran already and was interrupted. */
  addFirst(row: number): void {
    if (this.#head > 0) this.#rows[--this.#head] = row;
    else this.#rows.unshift(row);
  }

  removeFirst(): void {
    this.#head += 1;
    if (this.#head < 64 || this.#head < this.#rows.length / 2) return;
    this.#rows = this.#rows.slice(this.#head);
    this.#head = 0;
  }

  removeAt(index: number): void {
    if (index === 0) this.removeFirst();
    else this.#rows.splice(this.#head + index, 1);
  }
}
