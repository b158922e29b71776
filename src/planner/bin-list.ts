import type { Bin } from "./bin.ts";
import { Bits, lowest } from "./bits.ts";
import type { Variant } from "./variant.ts";

/**
 * Bins in the order in which a pod tries them: nodes, then claims with fewest pods first. Each step of that order is a
 * set of bins, so that 32 of them are passed over at once which are full, unsuitable, or shut by a topology.
 */
export class BinList {
  readonly bins: Bin[] = [];
  readonly #nodes = new Bits();
  /** Claims by how many pods they have. */
  readonly #byPods: Bits[] = [];
  /** Bins by their slots, for those that a topology keeps to some. */
  readonly #bySlots = new Map<number, Bits>();

  add(bin: Bin): void {
    this.bins.push(bin);
    if (bin.node === undefined) this.#step(bin.pods.length).add(bin.index);
    else this.#nodes.add(bin.index);
    this.#slotted(bin.slots).add(bin.index);
  }

  /** After one more pod was put on a bin that had these slots before. */
  moved(bin: Bin, slots: number): void {
    if (bin.node !== undefined) return;
    this.#step(bin.pods.length - 1).delete(bin.index);
    this.#step(bin.pods.length).add(bin.index);
    if (slots === bin.slots) return;
    this.#slotted(slots).delete(bin.index);
    this.#slotted(bin.slots).add(bin.index);
  }

  /** Takes a claim out that no pod of the round fits on any more. */
  close(bin: Bin): void {
    if (bin.node === undefined) this.#step(bin.pods.length).delete(bin.index);
    else this.#nodes.delete(bin.index);
  }

  /** The first bin in order on which `attempt` succeeds; `slots` are those where topologies let the variant in. */
  first(variant: Variant, slots: number, attempt: (bin: Bin) => boolean): Bin | undefined {
    const search = this.#searchOf(variant, slots);
    if (search === undefined) return undefined;
    const found = this.#scan(this.#nodes, search, attempt);
    if (found !== undefined) return found;
    for (const step of this.#byPods) {
      const claim = this.#scan(step, search, attempt);
      if (claim !== undefined) return claim;
    }
    return undefined;
  }

  #searchOf(variant: Variant, slots: number): Search | undefined {
    const without = [variant.dead, variant.podClass.size.full];
    const within: Bits[] = [];
    for (const { group, isSelf } of variant.hosts) {
      if (group.rule.kind === "spread") without.push(isSelf ? group.full : group.over);
      else if (group.rule.kind === "anti-affinity") without.push(group.occupied);
      else if (!group.isVacant()) within.push(group.occupied);
      else if (!isSelf) return undefined;
    }
    const anyOf = slots === -1 ? undefined : [...this.#bySlots].filter(([mask]) => (mask & slots) !== 0);
    return { without, within, anyOf: anyOf?.map(([, bins]) => bins) };
  }

  #scan({ words }: Bits, search: Search, attempt: (bin: Bin) => boolean): Bin | undefined {
    for (let index = 0; index < words.length; index += 1) {
      let word = words[index] ?? 0;
      if (word !== 0) word = sift(word, index, search);
      for (; word !== 0; word &= word - 1) {
        const bin = this.bins[index * 32 + lowest(word)];
        if (bin !== undefined && attempt(bin)) return bin;
      }
    }
    return undefined;
  }

  #step(pods: number): Bits {
    while (this.#byPods.length <= pods) this.#byPods.push(new Bits());
    return this.#byPods[pods] ?? new Bits();
  }

  #slotted(slots: number): Bits {
    const bins = this.#bySlots.get(slots) ?? new Bits();
    this.#bySlots.set(slots, bins);
    return bins;
  }
}

interface Search {
  readonly without: readonly Bits[];
  readonly within: readonly Bits[];
  readonly anyOf: readonly Bits[] | undefined;
}

/** A word of bins without those that a search passes over. */
function sift(word: number, index: number, { without, within, anyOf }: Search): number {
  let left = word;
  for (const { words } of without) left &= ~(words[index] ?? 0);
  for (const { words } of within) left &= words[index] ?? 0;
  if (left === 0 || anyOf === undefined) return left;
  let open = 0;
  for (const { words } of anyOf) open |= words[index] ?? 0;
  return left & open;
}
