import type { Bin } from "./bin.ts";
import { Bits } from "./bits.ts";
import type { Columns } from "./columns.ts";
import { clashes } from "./host-ports.ts";
import { isOpenLabel } from "./instance-labels.ts";
import { lackingValues } from "./min-values.ts";
import type { Size } from "./pod-class.ts";
import { firstConflict, firstMismatch, merge } from "./requirements.ts";
import { isSlotKey } from "./slots.ts";
import type { Topology } from "./topology.ts";
import type { PlanPod } from "./types.ts";
import type { Variant } from "./variant.ts";

export interface PlacerOptions {
  readonly columns: Columns;
  readonly topology: Topology;
  /** By type, the slots that have capacity now. */
  readonly available: Int32Array;
  readonly keepsMinValues: boolean;
}

/** Puts single pods on single bins, if everything that is asked for holds there. */
export class Placer {
  readonly #options: PlacerOptions;
  readonly #buyable = new Map<number, Bits>();

  constructor(options: PlacerOptions) {
    this.#options = options;
  }

  /** Puts a pod on a bin and says whether it could. What will never change is noted, so that it is not tried again. */
  place(pod: PlanPod, variant: Variant, bin: Bin): boolean {
    if (!hasRoom(variant.podClass.size, bin)) return never(variant.podClass.size.full, bin);
    if (!suits(variant, bin)) return never(variant.dead, bin);
    const slots = bin.node === undefined ? bin.slots & variant.compiled.slots : bin.slots;
    if (slots === 0) return never(variant.dead, bin);
    const left = this.#narrow(variant, bin, slots);
    if (left === 0) return false;
    if (bin.node === undefined) {
      const types = this.#typesFor(variant, bin, slots, left);
      if (types === undefined) return false;
      bin.types = types;
    }
    if (left !== slots) bin.isNarrowed = true;
    bin.slots = left;
    this.#commit(pod, variant, bin);
    return true;
  }

  /** The slots that the topology rules leave; 0 when they keep the pod away. Each rule chooses of all that are left. */
  #narrow({ hosts, domains }: Variant, bin: Bin, slots: number): number {
    for (const { group, isSelf } of hosts) if (!group.accepts(bin.index, isSelf, 0)) return 0;
    const { topology } = this.#options;
    let left = slots;
    for (const { group, allowed, open } of domains) {
      const { key } = group.rule;
      const possible = topology.domainsOf(bin, key, slots) & open;
      if (possible === 0) return 0;
      if (isSlotKey(key)) left &= topology.slotsIn(key, group.choose(possible, allowed));
      if (left === 0) return 0;
    }
    return left;
  }

  /** The types that are left with one more pod; undefined when none is. */
  #typesFor(variant: Variant, bin: Bin, slots: number, left: number): Bits | undefined {
    const types = this.#roomy(variant.podClass.size, bin);
    if (types === undefined) return nothing(variant.podClass.size.full, bin);
    const wanted = variant.compiled.types;
    if (wanted !== undefined && !types.keep(wanted)) return nothing(variant.dead, bin);
    if (!types.keep(this.buyableIn(slots))) return nothing(variant.dead, bin);
    if (left !== slots && !types.keep(this.buyableIn(left))) return undefined;
    const lacksValues =
      this.#options.keepsMinValues && bin.view?.hasMinValues && lackingValues(bin.view, types) !== undefined;
    if (!lacksValues) return types;
    return left === slots ? nothing(variant.dead, bin) : undefined;
  }

  /** Those of a claim's types that have room for more of a size. */
  #roomy({ columns, amounts }: Size, { types: before, taken, view }: Bin): Bits | undefined {
    if (view === undefined) return undefined;
    const types = before.clone();
    for (let at = 0; at < columns.length; at += 1) {
      const column = columns[at] ?? 0;
      const index = this.#options.columns.index(column, view);
      const fitting = index.atLeast((taken[column] ?? 0) + (amounts[at] ?? 0));
      if (fitting === undefined || !types.keep(fitting)) return undefined;
    }
    return types;
  }

  /** Types that can be bought now in one of some slots. */
  buyableIn(slots: number): Bits {
    let types = this.#buyable.get(slots);
    if (types === undefined) {
      const { available } = this.#options;
      types = new Bits(available.length);
      for (let type = 0; type < available.length; type += 1)
        if (((available[type] ?? 0) & slots) !== 0) types.add(type);
      this.#buyable.set(slots, types);
    }
    return types;
  }

  #commit(pod: PlanPod, { podClass, compiled, selecting, owned }: Variant, bin: Bin): void {
    const { size, hostPorts } = podClass;
    const { columns, topology } = this.#options;
    for (let at = 0; at < size.columns.length; at += 1) {
      const column = size.columns[at] ?? 0;
      const amount = size.amounts[at] ?? 0;
      bin.taken[column] = (bin.taken[column] ?? 0) + amount;
      if (bin.node !== undefined) bin.room[column] = (bin.room[column] ?? 0) - amount;
    }
    bin.measure(columns);
    bin.pods.push(pod);
    if (hostPorts.length > 0) bin.ports.push(...hostPorts);
    if (bin.node === undefined && compiled.requirements.size > 0 && !bin.parts.has(compiled)) {
      bin.parts.add(compiled);
      if (compiled.custom.size > 0) bin.custom = merge(bin.custom, compiled.custom);
    }
    topology.record(selecting, owned, bin, 1);
  }
}

function hasRoom({ columns, amounts }: Size, { room }: Bin): boolean {
  for (let at = 0; at < columns.length; at += 1) if ((room[columns[at] ?? 0] ?? 0) < (amounts[at] ?? 0)) return false;
  return true;
}

/** Taints, ports and labels. */
function suits(variant: Variant, { node, view, ports, custom }: Bin): boolean {
  if (!variant.tolerates(node?.taints ?? view?.pool.taints ?? [])) return false;
  const { hostPorts } = variant.podClass;
  if (hostPorts.length > 0 && hostPorts.some((port) => ports.some((taken) => clashes(port, taken)))) return false;
  const { compiled } = variant;
  if (compiled.requirements.size === 0) return true;
  if (node !== undefined) return firstMismatch(compiled.requirements, node.labels) === undefined;
  return compiled.custom.size === 0 || firstConflict(custom, compiled.custom, isOpenLabel) === undefined;
}

function never(bits: Bits, bin: Bin): false {
  bits.add(bin.index);
  return false;
}

function nothing(bits: Bits, bin: Bin): undefined {
  bits.add(bin.index);
  return undefined;
}
