/** Seeded randomness: the same seed gives the same run. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  integer(below: number): number;
  /** `length` characters of [a-z0-9] without vowels, as Kubernetes makes name suffixes. */
  suffix(length: number): string;
  /** A version 4 UUID. */
  uuid(): string;
  /** Normal, by Box and Muller. */
  normal(mean: number, deviation: number): number;
}

const suffixCharacters = "bcdfghjklmnpqrstvwxz2456789";

/** sfc32, seeded by splitmix32 (both public domain): small, fast, passes PractRand. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const split = () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let [a, b, c, counter] = [split(), split(), split(), 1];
  const bits = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  const next = () => bits() / 2 ** 32;
  const integer = (below: number) => Math.floor(next() * below);
  const hex = (digits: number) => {
    let text = "";
    for (let left = digits; left > 0; left -= 1) text += "0123456789abcdef"[integer(16)];
    return text;
  };

  return {
    next,
    integer,
    suffix: (length) => Array.from({ length }, () => suffixCharacters[integer(suffixCharacters.length)]).join(""),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${"89ab"[integer(4)]}${hex(3)}-${hex(12)}`,
    normal: (mean, deviation) =>
      mean + deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}
