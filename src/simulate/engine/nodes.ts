import type { IdleNode, PoolJob } from "../../policy/pool.ts";
import { grown } from "./event-queue.ts";

export const nodeStates = { gone: 0, booting: 1, idle: 2, held: 3, busy: 4 } as const;

/** What a policy sees of an idle node: one object for the node's life, kept up to date. */
export interface NodeFace extends IdleNode {
  node: number;
  idleSinceSeconds: number;
  launchedAtSeconds: number;
  last?: PoolJob | undefined;
}

/**
 * Nodes in columns. A slot is used again when its node is gone, with another token: what was set for the one before is
 * void then.
 */
export class Nodes {
  /** Nodes launched so far: their numbers are 0 to here. */
  launched = 0;
  /** Slots in use or used before. */
  slots = 0;
  pool = new Int32Array(64);
  state = new Uint8Array(64);
  /** Index in the pool's offers. */
  offer = new Int32Array(64);
  token = new Int32Array(64);
  /** When its state began; of a booting one, its launch. */
  since = new Float64Array(64);
  launchedAt = new Float64Array(64);
  /** Until when it is held, as was said last. */
  heldUntil = new Float64Array(64);
  /** The timer that is set for its hold; Infinity: none. */
  timerAt = new Float64Array(64);
  /** Of the timers of its hold: an older one is void. */
  timerToken = new Int32Array(64);
  /** Until when it is kept if it is not used, of a node that was warmed and never used; NaN: not warmed. */
  warmUntil = new Float64Array(64);
  /** How often its jobs write a checkpoint; Infinity: not at all. */
  checkpointEvery = new Float64Array(64);
  /** The departure that made it idle, in the pool's ledger; -1: none. */
  departure = new Float64Array(64);
  /** The first of the jobs on it, or the one it is held for; -1: none. */
  job = new Int32Array(64);
  /** The next node of the same gang; -1: none. */
  next = new Int32Array(64);
  /** Of a node that is shared: thousandths of its GPU that are taken, and what else is free. */
  usedMillis = new Float64Array(64);
  freeCpu = new Float64Array(64);
  freeMemory = new Float64Array(64);
  readonly faces: NodeFace[] = [];
  readonly #free: number[] = [];

  /** A slot for a new node of a pool, booting since now. */
  launch(pool: number, now: number): number {
    const slot = this.#free.pop() ?? this.slots++;
    if (slot >= this.pool.length) this.#grow();
    this.pool[slot] = pool;
    this.state[slot] = nodeStates.booting;
    this.since[slot] = now;
    this.launchedAt[slot] = now;
    this.heldUntil[slot] = 0;
    this.timerAt[slot] = Number.POSITIVE_INFINITY;
    this.warmUntil[slot] = Number.NaN;
    this.checkpointEvery[slot] = Number.POSITIVE_INFINITY;
    this.departure[slot] = -1;
    this.job[slot] = -1;
    this.next[slot] = -1;
    this.usedMillis[slot] = 0;
    this.faces[slot] = { node: this.launched++, idleSinceSeconds: now, launchedAtSeconds: now };
    return slot;
  }

  free(slot: number): void {
    this.state[slot] = nodeStates.gone;
    this.token[slot] = (this.token[slot] ?? 0) + 1;
    this.timerToken[slot] = (this.timerToken[slot] ?? 0) + 1;
    this.#free.push(slot);
  }

  #grow(): void {
    const size = 2 * this.pool.length;
    for (const name of ["pool", "offer", "token", "timerToken", "job", "next"] as const) {
      this[name] = grown(this[name], new Int32Array(size));
    }
    this.state = grown(this.state, new Uint8Array(size));
    const times = ["since", "launchedAt", "heldUntil", "timerAt", "warmUntil", "checkpointEvery", "departure"] as const;
    const room = ["usedMillis", "freeCpu", "freeMemory"] as const;
    for (const name of [...times, ...room]) this[name] = grown(this[name], new Float64Array(size));
  }
}
