import type { PoolSpec, WorldJobs } from "./world.ts";

/**
 * How many nodes the jobs that run in a pool fill. Where nodes are shared it is the fewest that the sum of all shares,
 * vCPUs and memory could fill: a bound that no packing beats.
 */
export class Occupancy {
  readonly #isShared: boolean;
  readonly #cpuMillis: number;
  readonly #memoryMib: number;
  #shares = 0;
  #cpu = 0;
  #memory = 0;
  nodes = 0;

  constructor({ isShared, offer }: PoolSpec) {
    this.#isShared = isShared;
    this.#cpuMillis = offer.instanceType.allocatable.cpuMillis;
    this.#memoryMib = offer.instanceType.allocatable.memoryMib;
  }

  /** How many more nodes it takes with this job. */
  add(jobs: WorldJobs, row: number): number {
    return this.#change(jobs, row, 1);
  }

  /** How many fewer it takes without it. */
  remove(jobs: WorldJobs, row: number): number {
    return -this.#change(jobs, row, -1);
  }

  #change(jobs: WorldJobs, row: number, sign: 1 | -1): number {
    const before = this.nodes;
    if (this.#isShared) {
      this.#shares += sign * (jobs.shareMillis[row] ?? 0);
      this.#cpu += sign * (jobs.cpuMillis[row] ?? 0);
      this.#memory += sign * (jobs.memoryMib[row] ?? 0);
      const other = Math.max(this.#cpu / this.#cpuMillis, this.#memory / this.#memoryMib);
      this.nodes = Math.ceil(Math.max(this.#shares / 1000, other));
    } else this.nodes += sign * (jobs.nodes[row] ?? 0);
    return this.nodes - before;
  }
}
