import type { PoolEvent, PoolView } from "../pool.ts";

/** What a node's second counts for: its GPUs, one for a CPU node. */
export const nodeWeight = ({ gpus }: PoolView): number => Math.max(1, gpus);

/** How many GPU-seconds the nodes of all pools have really idled and booted so far. */
export class Overhead {
  gpuSeconds = 0;
  /** GPUs that are idle now, in all pools and in each. */
  #idle = 0;
  readonly #idleOf: number[] = [];
  #at = 0;

  observe(pool: PoolView, event: PoolEvent): void {
    this.look(pool);
    if (event.type === "launched") this.gpuSeconds += event.seconds * nodeWeight(pool);
  }

  /** Takes note of how many nodes of the pool are idle from now on. */
  look(pool: PoolView): void {
    const { id, nowSeconds } = pool;
    this.gpuSeconds += this.#idle * Math.max(0, nowSeconds - this.#at);
    this.#at = Math.max(this.#at, nowSeconds);
    const idle = pool.idle.length * nodeWeight(pool);
    this.#idle = Math.max(0, this.#idle + idle - (this.#idleOf[id] ?? 0));
    this.#idleOf[id] = idle;
  }
}
