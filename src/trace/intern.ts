/** Names by number, each kept once. */
export interface Interner {
  readonly names: string[];
  /** The number of this name; -1 for an empty one. */
  of(name: string): number;
}

export function newInterner(): Interner {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  return {
    names,
    of(name) {
      if (name === "") return -1;
      const known = numbers.get(name);
      if (known !== undefined) return known;
      // a copy: a part of a line would keep the whole chunk of the file that it was read from
      const own = Buffer.from(name).toString();
      numbers.set(own, names.length);
      return names.push(own) - 1;
    },
  };
}
