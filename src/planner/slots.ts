import { Failure } from "../kernel/failure.ts";
import { labelKeys } from "./instance-labels.ts";
import type { PlanNode } from "./types.ts";
import type { Slot, Universe } from "./universe.ts";

const fields = {
  [labelKeys.zone]: "zone",
  [labelKeys.region]: "region",
  [labelKeys.capacityType]: "capacityType",
} as const;

/** Whether a slot decides the label: then a claim's choice of it is a mask of slots. */
export function isSlotKey(key: string): key is keyof typeof fields {
  return key in fields;
}

/** The most slots that fit a mask of 32 bits, with its sign bit left alone. */
const mostSlots = 31;

/**
 * Zones × capacity types of the catalog, and after them those of nodes. A node without the labels has a slot with empty
 * names, which is in no domain.
 */
export class Slots {
  readonly all: readonly Slot[];
  readonly #nodes = new Map<string, number>();
  readonly #domains = new Map<string, readonly string[]>();
  readonly #masks = new Map<string, Map<number, number>>();

  constructor({ slots }: Universe, nodes: readonly PlanNode[]) {
    const all = [...slots];
    const indices = new Map(all.map((slot, index) => [slotKey(slot), index]));
    for (const node of nodes) {
      const slot = slotOf(node);
      const key = slotKey(slot);
      if (!indices.has(key)) indices.set(key, all.push(slot) - 1);
      this.#nodes.set(key, indices.get(key) ?? 0);
    }
    if (all.length > mostSlots) {
      const message = `${all.length} combinations of zone and capacity type, the most is ${mostSlots}`;
      throw new Failure("SPEC_INVALID", message, { where: "offerings" });
    }
    this.all = all;
  }

  maskOfNode(node: PlanNode): number {
    return 1 << (this.#nodes.get(slotKey(slotOf(node))) ?? 0);
  }

  /** The values of a slot's label, in order. */
  domains(key: keyof typeof fields): readonly string[] {
    let domains = this.#domains.get(key);
    if (domains === undefined) {
      domains = [...new Set(this.all.map((slot) => slot[fields[key]]))].filter((name) => name !== "").sort();
      this.#domains.set(key, domains);
    }
    return domains;
  }

  /** The domains, as a mask over `domains`, that a mask of slots can be in. */
  domainMask(key: keyof typeof fields, slots: number): number {
    const known = this.#masks.get(key) ?? new Map<number, number>();
    this.#masks.set(key, known);
    let mask = known.get(slots);
    if (mask === undefined) {
      const domains = this.domains(key);
      mask = this.all.reduce((sum, slot, index) => {
        const domain = domains.indexOf(slot[fields[key]]);
        return (slots & (1 << index)) !== 0 && domain >= 0 ? sum | (1 << domain) : sum;
      }, 0);
      known.set(slots, mask);
    }
    return mask;
  }

  /** The slots that lie in some domains. */
  slotMask(key: keyof typeof fields, domainMask: number): number {
    const name = `slots of ${key}`;
    const known = this.#masks.get(name) ?? new Map<number, number>();
    this.#masks.set(name, known);
    let mask = known.get(domainMask);
    if (mask === undefined) {
      const domains = this.domains(key);
      mask = this.all.reduce((sum, slot, index) => {
        const domain = domains.indexOf(slot[fields[key]]);
        return domain >= 0 && (domainMask & (1 << domain)) !== 0 ? sum | (1 << index) : sum;
      }, 0);
      known.set(domainMask, mask);
    }
    return mask;
  }
}

function slotOf({ labels }: PlanNode): Slot {
  return {
    zone: labels[labelKeys.zone] ?? "",
    region: labels[labelKeys.region] ?? "",
    capacityType: labels[labelKeys.capacityType] ?? "",
  };
}

function slotKey({ zone, region, capacityType }: Slot): string {
  return `${zone} ${region} ${capacityType}`;
}
