import { nodesTaken, type PoolEvent, type PoolJob, type PoolView } from "../pool.ts";
import { bucketCount, bucketOf, edgeSeconds } from "./gap-grid.ts";

/** A level of a pool's demand that nothing takes: its gap is open. */
export interface Vacancy<Context> {
  readonly sinceSeconds: number;
  /** Levels that were still taken when it began. */
  readonly level: number;
  /** Whose job ended then, as a key. */
  readonly user: string;
  /** What it counts: the gaps that one job leaves begin for one reason, so together they count as one. */
  readonly weight: number;
  /** What was known when it began. */
  readonly context: Context;
  /** Buckets that the gap is known to have outlived. */
  outlived: number;
}

/** Hears of each gap: bucket by bucket while it is open, and of its end. */
export interface GapListener<Context> {
  /** What is worth knowing of a vacancy that begins. */
  begun(pool: PoolView, job: PoolJob, level: number, weight: number): Context;
  outlived(vacancy: Vacancy<Context>, bucket: number): void;
  /** `bucket` is `bucketCount` for a gap beyond the grid. */
  ended(vacancy: Vacancy<Context>, seconds: number, bucket: number): void;
}

/** Shares of a node add up to whole ones but for this. */
const rounding = 1e-6;

/**
 * The gaps of one pool's levels, last in first out, whether or not a node was kept for them: each tells what every hold
 * would have cost, so learning needs no exploration. Jobs that ask for a share of a node add up to levels.
 */
export class GapLedger<Context> {
  readonly vacancies: Vacancy<Context>[] = [];
  readonly #listener: GapListener<Context>;
  #demand = 0;
  #levels = 0;
  #nextEdge = Number.POSITIVE_INFINITY;

  constructor(listener: GapListener<Context>) {
    this.#listener = listener;
  }

  observe(pool: PoolView, event: PoolEvent): void {
    this.advance(pool.nowSeconds);
    if (event.type === "arrived") this.#changed(pool, event.job, nodesTaken(pool, event.job));
    else if (event.type === "ended") this.#changed(pool, event.job, -nodesTaken(pool, event.job));
  }

  /** Counts what open gaps have outlived by now. */
  advance(nowSeconds: number): void {
    if (nowSeconds <= this.#nextEdge) return;
    this.#nextEdge = Number.POSITIVE_INFINITY;
    for (let index = this.vacancies.length - 1; index >= 0; index -= 1) {
      const vacancy = this.vacancies[index] as Vacancy<Context>;
      if (vacancy.outlived === bucketCount) return; // and so have all below it, which are older
      const edge = this.#outlive(vacancy, bucketOf(nowSeconds - vacancy.sinceSeconds));
      if (edge < this.#nextEdge) this.#nextEdge = edge;
    }
  }

  /** The vacancy that the node at `index` of `pool.idle` will fill: the last idle node fills the newest. */
  vacancyOf(pool: PoolView, index: number): Vacancy<Context> | undefined {
    return this.vacancies[this.vacancies.length - pool.idle.length + index];
  }

  /** Nodes that jobs take or wait for; a fraction where they share some. */
  get demand(): number {
    return this.#demand;
  }

  /** Goes on from what was known of demand and open gaps. */
  restore(demand: number, vacancies: readonly Vacancy<Context>[]): void {
    this.#demand = demand;
    this.#levels = Math.ceil(demand - rounding);
    this.vacancies.splice(0, this.vacancies.length, ...vacancies);
    this.#nextEdge = Number.NEGATIVE_INFINITY;
  }

  #changed(pool: PoolView, job: PoolJob, nodes: number): void {
    this.#demand = Math.max(0, this.#demand + nodes);
    const levels = Math.ceil(this.#demand - rounding);
    for (; this.#levels < levels; this.#levels += 1) this.#end(pool.nowSeconds);
    const weight = 1 / (this.#levels - levels);
    for (; this.#levels > levels; this.#levels -= 1) this.#begin(pool, job, weight);
  }

  #begin(pool: PoolView, job: PoolJob, weight: number): void {
    const sinceSeconds = pool.nowSeconds;
    const level = this.#levels - 1;
    const context = this.#listener.begun(pool, job, level, weight);
    this.vacancies.push({ sinceSeconds, level, user: userKey(pool, job), weight, context, outlived: 0 });
    this.#nextEdge = Math.min(this.#nextEdge, sinceSeconds + (edgeSeconds[1] as number));
  }

  #end(nowSeconds: number): void {
    const vacancy = this.vacancies.pop();
    if (vacancy === undefined) return;
    const seconds = nowSeconds - vacancy.sinceSeconds;
    const bucket = bucketOf(seconds);
    this.#outlive(vacancy, bucket);
    this.#listener.ended(vacancy, seconds, bucket);
  }

  /** Tells of the buckets before `bucket`, and when the next one will be outlived. */
  #outlive(vacancy: Vacancy<Context>, bucket: number): number {
    for (; vacancy.outlived < bucket; vacancy.outlived += 1) this.#listener.outlived(vacancy, vacancy.outlived);
    return bucket === bucketCount
      ? Number.POSITIVE_INFINITY
      : vacancy.sinceSeconds + (edgeSeconds[bucket + 1] as number);
  }
}

/** A user, or the tenant where users are not known. */
export function userKey(pool: PoolView, job: PoolJob): string {
  return job.user >= 0 ? `${job.user}` : `of ${pool.tenant}`;
}
