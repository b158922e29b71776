import { Bits } from "./bits.ts";
import { isOpenLabel, isTypeLabel } from "./instance-labels.ts";
import { slotMask, typesMatching } from "./pool-view.ts";
import { type Requirements, requirementsOf } from "./requirements.ts";
import type { Requirement } from "./types.ts";
import type { Slot, Universe } from "./universe.ts";

/** Requirements as what they leave of the catalog: a set of types and a mask of slots. The rest is compared as labels. */
export interface Compiled {
  readonly requirements: Requirements;
  /** Undefined where they leave all. */
  readonly types: Bits | undefined;
  readonly slots: number;
  /** On labels that neither a type nor an offering gives. */
  readonly custom: Requirements;
}

/** A function that compiles a list of requirements once. The slots may be more than the catalog's. */
export function compiler(universe: Universe, slots: readonly Slot[]): (list: readonly Requirement[]) => Compiled {
  const known = new Map<string, Compiled>();
  return (list) => {
    const key = list.length === 0 ? "" : JSON.stringify(list);
    let compiled = known.get(key);
    if (compiled === undefined) {
      compiled = compile(universe, slots, requirementsOf(list));
      known.set(key, compiled);
    }
    return compiled;
  };
}

function compile(universe: Universe, slots: readonly Slot[], requirements: Requirements): Compiled {
  const isAboutTypes = [...requirements.keys()].some(isTypeLabel);
  return {
    requirements,
    types: isAboutTypes ? Bits.of(typesMatching(universe, requirements), universe.types.length) : undefined,
    slots: slotMask(slots, requirements),
    custom: new Map([...requirements].filter(([key]) => !isOpenLabel(key))),
  };
}
