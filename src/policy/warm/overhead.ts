import * as v from "valibot";

import { ByPool } from "../by-pool.ts";
import { amount, finite, ofPools } from "../learned-state.ts";
import type { PoolEvent, PoolView } from "../pool.ts";

export const savedOverhead = v.strictObject({
  gpuSeconds: amount,
  at: finite,
  pools: ofPools(v.strictObject({ idle: amount })),
});
export type SavedOverhead = v.InferOutput<typeof savedOverhead>;

/** What a node's second counts for: its GPUs, one for a CPU node. */
export const nodeWeight = ({ gpus }: PoolView): number => Math.max(1, gpus);

/** How many GPU-seconds the nodes of all pools have really idled and booted so far. */
export class Overhead {
  gpuSeconds = 0;
  /** GPUs that are idle now, in all pools and in each. */
  #idle = 0;
  readonly #pools = new ByPool(() => ({ idle: 0 }));
  #at = 0;

  observe(pool: PoolView, event: PoolEvent): void {
    this.look(pool);
    if (event.type === "launched") this.gpuSeconds += event.seconds * nodeWeight(pool);
  }

  /** Takes note of how many nodes of the pool are idle from now on. */
  look(pool: PoolView): void {
    const { nowSeconds } = pool;
    const own = this.#pools.of(pool);
    this.gpuSeconds += this.#idle * Math.max(0, nowSeconds - this.#at);
    this.#at = Math.max(this.#at, nowSeconds);
    const idle = pool.idle.length * nodeWeight(pool);
    this.#idle = Math.max(0, this.#idle + idle - own.idle);
    own.idle = idle;
  }

  save(): SavedOverhead {
    return { gpuSeconds: this.gpuSeconds, at: this.#at, pools: this.#pools.save((own) => ({ ...own })) };
  }

  restore({ gpuSeconds, at, pools }: SavedOverhead): void {
    this.gpuSeconds = gpuSeconds;
    this.#at = at;
    this.#pools.restore(pools, Object.assign);
    this.#idle = [...this.#pools.memories()].reduce((sum, { idle }) => sum + idle, 0);
  }
}
