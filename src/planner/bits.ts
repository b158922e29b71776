/** A set of small whole numbers, 32 to a word. It grows as needed; what is beyond its words is not in it. */
export class Bits {
  words: Int32Array;

  constructor(size = 32) {
    this.words = new Int32Array((size + 31) >> 5);
  }

  static of(members: Iterable<number>, size = 32): Bits {
    const bits = new Bits(size);
    for (const member of members) bits.add(member);
    return bits;
  }

  has(member: number): boolean {
    return (((this.words[member >> 5] ?? 0) >>> (member & 31)) & 1) === 1;
  }

  add(member: number): void {
    const word = member >> 5;
    if (word >= this.words.length) this.#grow(word + 1);
    this.words[word] = (this.words[word] ?? 0) | (1 << (member & 31));
  }

  delete(member: number): void {
    const word = member >> 5;
    if (word < this.words.length) this.words[word] = (this.words[word] ?? 0) & ~(1 << (member & 31));
  }

  set(member: number, isIn: boolean): void {
    if (isIn) this.add(member);
    else this.delete(member);
  }

  /** Those that are in both, as a new set. */
  and(other: Bits): Bits {
    const result = new Bits(0);
    const length = Math.min(this.words.length, other.words.length);
    result.words = new Int32Array(length);
    for (let word = 0; word < length; word += 1) {
      result.words[word] = (this.words[word] ?? 0) & (other.words[word] ?? 0);
    }
    return result;
  }

  /** Leaves only those that are in `other` too; says whether any is left. */
  keep(other: Bits): boolean {
    let any = 0;
    const { words } = this;
    for (let word = 0; word < words.length; word += 1) {
      const left = (words[word] ?? 0) & (other.words[word] ?? 0);
      words[word] = left;
      any |= left;
    }
    return any !== 0;
  }

  merge(other: Bits): void {
    if (other.words.length > this.words.length) this.#grow(other.words.length);
    for (let word = 0; word < other.words.length; word += 1) {
      this.words[word] = (this.words[word] ?? 0) | (other.words[word] ?? 0);
    }
  }

  clone(): Bits {
    const copy = new Bits(0);
    copy.words = this.words.slice();
    return copy;
  }

  isEmpty(): boolean {
    return this.words.every((word) => word === 0);
  }

  /** In ascending order. */
  members(): number[] {
    const result: number[] = [];
    for (let index = 0; index < this.words.length; index += 1) {
      for (let word = this.words[index] ?? 0; word !== 0; word &= word - 1) result.push(index * 32 + lowest(word));
    }
    return result;
  }

  #grow(words: number): void {
    const grown = new Int32Array(Math.max(words, this.words.length * 2));
    grown.set(this.words);
    this.words = grown;
  }
}

/** The index of a word's lowest bit. */
export function lowest(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** Whether a mask has exactly one bit. */
export function isSingle(mask: number): boolean {
  return mask !== 0 && (mask & (mask - 1)) === 0;
}
