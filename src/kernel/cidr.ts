/** An IPv4 range: its first address as a number, and the length of its prefix. */
export interface Cidr {
  readonly base: number;
  readonly prefix: number;
}

/** `10.64.0.0/16` as a range; undefined for anything else, leading zeros included. Host bits are kept as they are. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null || match.slice(1).some((part) => String(Number(part)) !== part)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = match.slice(1).map(Number);
  if (Math.max(a, b, c, d) > 255 || prefix > 32) return undefined;
  return { base: ((a * 256 + b) * 256 + c) * 256 + d, prefix };
}

export function cidrText({ base, prefix }: Cidr): string {
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${bytes.join(".")}/${prefix}`;
}

/** How many addresses are in it. */
export function cidrSize({ prefix }: Cidr): number {
  return 2 ** (32 - prefix);
}

/** The range with its host bits cleared, as AWS would take it. */
export function cidrNetwork(cidr: Cidr): Cidr {
  return { ...cidr, base: cidr.base - (cidr.base % cidrSize(cidr)) };
}

export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  const [first, second] = [cidrNetwork(a), cidrNetwork(b)];
  return first.base < second.base + cidrSize(second) && second.base < first.base + cidrSize(first);
}

/** The part of a range that begins `index` parts of the new prefix after its start. */
export function subCidr(cidr: Cidr, prefix: number, index: number): Cidr {
  return { base: cidrNetwork(cidr).base + index * 2 ** (32 - prefix), prefix };
}
