import type { AwsClients } from "../clients.ts";
import { type Inventory, type InventoryOptions, inventory } from "./inventory.ts";
import type { Remain } from "./kind.ts";
import { type Left, type RemovalOptions, removeRemains } from "./remove.ts";
import type { SweepScope } from "./scope.ts";

export interface SweepOptions extends Omit<RemovalOptions, "patienceMs">, Omit<InventoryOptions, "signal"> {
  /** Instead of looking once more before the first removal. */
  readonly first?: Inventory;
}

export interface Swept {
  readonly removed: readonly Remain[];
  /** Of what is found still: why it could not be removed, where it was tried. */
  readonly left: readonly Left[];
  /** How things are at the end: the proof of absence, or the list of what is left. */
  readonly last: Inventory;
}

/** What comes into sight only when other things are gone, such as interfaces of instances, is found by the next round. */
const mostRounds = 5;

/** Removes all that an environment left behind, and looks again, until nothing is found or nothing changes. */
export async function sweep(clients: AwsClients, scope: SweepScope, options: SweepOptions): Promise<Swept> {
  const removed: Remain[] = [];
  let left: readonly Left[] = [];
  let last = options.first ?? (await inventory(clients, scope, options));
  for (let round = 0; round < mostRounds && last.found.length > 0; round += 1) {
    const done = await removeRemains(clients, last.found, options);
    removed.push(...done.removed);
    left = done.left;
    last = await inventory(clients, scope, options);
    if (done.removed.length === 0) break;
  }
  const found = new Set(last.found.map(({ id }) => id));
  return { removed, left: left.filter(({ remain }) => found.has(remain.id)), last };
}
