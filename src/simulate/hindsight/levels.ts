import { EventQueue, eventKinds, grown } from "../engine/event-queue.ts";
import { Occupancy } from "../world/occupancy.ts";
import type { World } from "../world/world.ts";

/**
 * Demand as levels: level k of a pool is in use while at least k of its nodes are. A departure leaves the top level, an
 * arrival takes it again (LIFO), and the time between is a gap. Every policy has to do something with each gap.
 */
export interface Levels {
  /** Gaps, in the order they ended; equal ones of one gang are one entry. */
  readonly gaps: Gaps;
  /** Levels that were taken for the first time by a job that was not there already, by pool. */
  readonly firsts: Float64Array;
  /** The highest level of each pool. */
  readonly peaks: Int32Array;
  /** Node-seconds in use, by pool. */
  readonly useSeconds: Float64Array;
}

export interface Gaps {
  readonly count: number;
  readonly pool: Int32Array;
  readonly seconds: Float64Array;
  /** How many levels have this gap. */
  readonly levels: Int32Array;
}

/** The levels of the trace as it is: nobody waits. O(n log n). */
export function levelsOf(world: World): Levels {
  const walk = new LevelWalk(world);
  const { submitSeconds } = world.trace.jobs;
  for (const row of world.order) walk.arrive(row, submitSeconds[row] ?? 0);
  walk.finish();
  return walk.result();
}

class LevelWalk {
  readonly #world: World;
  readonly #running = new EventQueue();
  readonly #occupancy: readonly Occupancy[];
  /** Of each pool: when free levels were left, and how many at that time. */
  readonly #left: { readonly at: number[]; readonly levels: number[] }[];
  readonly #firsts: Float64Array;
  readonly #peaks: Int32Array;
  readonly #use: Float64Array;
  #count = 0;
  #pool = new Int32Array(1024);
  #seconds = new Float64Array(1024);
  #levels = new Int32Array(1024);

  constructor(world: World) {
    const { length } = world.pools;
    this.#world = world;
    this.#occupancy = world.pools.map((pool) => new Occupancy(pool));
    this.#left = Array.from({ length }, () => ({ at: [], levels: [] }));
    this.#firsts = new Float64Array(length);
    this.#peaks = new Int32Array(length);
    this.#use = new Float64Array(length);
  }

  arrive(row: number, now: number): void {
    const { jobs, trace } = this.#world;
    this.#departUntil(now);
    const pool = jobs.pool[row] ?? 0;
    const level = this.#occupancy[pool]?.add(jobs, row) ?? 0;
    if (level > 0) this.#take({ pool, wanted: level, now, warm: trace.jobs.warm[row] === 1 });
    const duration = trace.jobs.durationSeconds[row] ?? 0;
    this.#running.add(now + duration, eventKinds.end, row, 0);
  }

  finish(): void {
    this.#departUntil(Number.POSITIVE_INFINITY);
  }

  result(): Levels {
    const gaps = { count: this.#count, pool: this.#pool, seconds: this.#seconds, levels: this.#levels };
    return { gaps, firsts: this.#firsts, peaks: this.#peaks, useSeconds: this.#use };
  }

  #departUntil(now: number): void {
    const { jobs } = this.#world;
    while (this.#running.length > 0 && this.#running.nextTime <= now) {
      this.#running.take();
      const { subject: row, time } = this.#running;
      const pool = jobs.pool[row] ?? 0;
      const levels = this.#occupancy[pool]?.remove(jobs, row) ?? 0;
      const left = this.#left[pool];
      if (levels === 0 || left === undefined) continue;
      left.at.push(time);
      left.levels.push(levels);
      this.#use[pool] = (this.#use[pool] ?? 0) + levels * time;
    }
  }

  #take({ pool, wanted, now, warm }: { pool: number; wanted: number; now: number; warm: boolean }): void {
    const left = this.#left[pool];
    let missing = wanted;
    this.#use[pool] = (this.#use[pool] ?? 0) - wanted * now;
    while (left !== undefined && missing > 0 && left.at.length > 0) {
      const top = left.at.length - 1;
      const taken = Math.min(missing, left.levels[top] ?? 0);
      this.#add(pool, now - (left.at[top] ?? 0), taken);
      missing -= taken;
      left.levels[top] = (left.levels[top] ?? 0) - taken;
      if (left.levels[top] === 0) {
        left.at.pop();
        left.levels.pop();
      }
    }
    this.#peaks[pool] = (this.#peaks[pool] ?? 0) + missing;
    if (!warm) this.#firsts[pool] = (this.#firsts[pool] ?? 0) + missing;
  }

  #add(pool: number, seconds: number, levels: number): void {
    if (this.#count === this.#seconds.length) this.#grow();
    this.#pool[this.#count] = pool;
    this.#seconds[this.#count] = seconds;
    this.#levels[this.#count] = levels;
    this.#count += 1;
  }

  #grow(): void {
    const size = 2 * this.#seconds.length;
    this.#pool = grown(this.#pool, new Int32Array(size));
    this.#seconds = grown(this.#seconds, new Float64Array(size));
    this.#levels = grown(this.#levels, new Int32Array(size));
  }
}
