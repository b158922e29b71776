import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import type { KindRegistry } from "./kinds.ts";
import type { Store } from "./store.ts";

/** What the parts of the core share. */
export interface CoreContext {
  readonly store: Store;
  readonly kinds: KindRegistry;
  readonly clock: Clock;
  readonly random: Random;
}
