import * as v from "valibot";

import { ByPool } from "../by-pool.ts";
import { amount, count, finite, ofPools, orNaN } from "../learned-state.ts";
import type { PoolEvent, PoolJob, PoolView } from "../pool.ts";
import { nodeWeight } from "./overhead.ts";

interface ShadowJob {
  lacking: number;
  readonly nodes: number;
  startedAt: number;
  /** NaN until the real job has ended: only then is it known. */
  duration: number;
}

interface ShadowPool {
  /** When each idle node became so, the newest last. */
  idle: number[];
  /** When nodes are ready, in order: each boot takes as long. */
  boots: number[];
  waiting: ShadowJob[];
  /** Nodes that they lack, together. */
  lacking: number;
  /** Jobs that have not ended in reality, by when they were submitted. */
  readonly open: Map<number, ShadowJob[]>;
  /** Jobs that run on in the shadow, by when they end, in order. */
  ends: { readonly at: number; readonly nodes: number }[];
}

const shadowJob = v.strictObject({ lacking: amount, nodes: amount, startedAt: orNaN, duration: orNaN });
/** Jobs come once; `waiting` and `open` (by when they were submitted) name them by their place. */
const shadowPool = v.pipe(
  v.strictObject({
    idle: v.array(finite),
    boots: v.array(finite),
    jobs: v.array(shadowJob),
    waiting: v.array(count),
    open: v.array(v.strictTuple([finite, v.array(count)])),
    ends: v.array(v.strictObject({ at: finite, nodes: amount })),
  }),
  v.check(
    ({ jobs, waiting, open }) => [...waiting, ...open.flatMap(([, same]) => same)].every((at) => at < jobs.length),
    "jobs that are not there",
  ),
);
export const savedShadow = v.strictObject({ gpuSeconds: amount, pools: ofPools(shadowPool) });
export type SavedShadow = v.InferOutput<typeof savedShadow>;

/**
 * A fixed timer that is played along, on the same jobs: how many GPU-seconds its nodes would have idled and booted so far.
 * How long a job runs is known when it has really ended, so the shadow is never ahead, and late by a launch at most.
 */
export class TimerShadow {
  gpuSeconds = 0;
  readonly #holdSeconds: number;
  readonly #pools = new ByPool(
    (): ShadowPool => ({ idle: [], boots: [], waiting: [], lacking: 0, open: new Map(), ends: [] }),
  );

  constructor(holdSeconds: number) {
    this.#holdSeconds = holdSeconds;
  }

  observe(pool: PoolView, event: PoolEvent): void {
    if (event.type !== "arrived" && event.type !== "ended") return;
    const shadow = this.#pools.of(pool);
    this.#advance(shadow, pool);
    if (event.type === "arrived") this.#arrive(shadow, pool, event.job);
    else this.#end(shadow, pool, event.job);
  }

  save(): SavedShadow {
    return { gpuSeconds: this.gpuSeconds, pools: this.#pools.save(savedPool) };
  }

  restore({ gpuSeconds, pools }: SavedShadow): void {
    this.gpuSeconds = gpuSeconds;
    this.#pools.restore(pools, restorePool);
  }

  #arrive(shadow: ShadowPool, pool: PoolView, { nodes, submitSeconds }: PoolJob): void {
    const { nowSeconds, costs } = pool;
    const job: ShadowJob = { lacking: nodes, nodes, startedAt: Number.NaN, duration: Number.NaN };
    const same = shadow.open.get(submitSeconds);
    if (same) same.push(job);
    else shadow.open.set(submitSeconds, [job]);
    while (job.lacking > 0 && shadow.idle.length > 0) {
      this.#charge(pool, nowSeconds - (shadow.idle.pop() ?? nowSeconds));
      job.lacking -= 1;
    }
    if (job.lacking === 0) {
      start(shadow, job, nowSeconds);
      return;
    }
    shadow.waiting.push(job);
    shadow.lacking += job.lacking;
    // nodes on their way for jobs that were served by others do for this one
    const launches = Math.max(0, shadow.lacking - shadow.boots.length);
    const boot = costs.launchSeconds + costs.loadSeconds;
    for (let left = launches; left > 0; left -= 1) shadow.boots.push(nowSeconds + boot);
    this.#charge(pool, boot * launches);
  }

  #end(shadow: ShadowPool, { nowSeconds }: PoolView, real: PoolJob): void {
    const same = shadow.open.get(real.submitSeconds);
    const job = same?.shift();
    if (same?.length === 0) shadow.open.delete(real.submitSeconds);
    if (job === undefined) return;
    job.duration = real.endSeconds - real.startSeconds;
    if (Number.isNaN(job.startedAt)) return;
    const at = job.startedAt + job.duration;
    if (at > nowSeconds) insert(shadow, at, job.nodes);
    else for (let node = 0; node < job.nodes; node += 1) free(shadow, nowSeconds);
  }

  /** Plays what comes before now, in order. */
  #advance(shadow: ShadowPool, pool: PoolView): void {
    for (;;) {
      const boot = shadow.boots[0] ?? Number.POSITIVE_INFINITY;
      const end = shadow.ends[0]?.at ?? Number.POSITIVE_INFINITY;
      const at = Math.min(boot, end);
      this.#expire(shadow, pool, Math.min(at, pool.nowSeconds));
      if (at > pool.nowSeconds) return;
      if (boot <= end) {
        shadow.boots.shift();
        free(shadow, at);
      } else {
        const { nodes = 0 } = shadow.ends.shift() ?? {};
        for (let node = 0; node < nodes; node += 1) free(shadow, at);
      }
    }
  }

  #expire({ idle }: ShadowPool, pool: PoolView, now: number): void {
    let expired = 0;
    while (expired < idle.length && (idle[expired] ?? now) + this.#holdSeconds <= now) expired += 1;
    if (expired === 0) return;
    idle.splice(0, expired);
    this.#charge(pool, expired * this.#holdSeconds);
  }

  #charge(pool: PoolView, nodeSeconds: number): void {
    this.gpuSeconds += nodeSeconds * nodeWeight(pool);
  }
}

/** The node goes to the job that waits longest, or is idle. */
function free(shadow: ShadowPool, now: number): void {
  const job = shadow.waiting[0];
  if (job === undefined) {
    shadow.idle.push(now);
    return;
  }
  job.lacking -= 1;
  shadow.lacking -= 1;
  if (job.lacking > 0) return;
  shadow.waiting.shift();
  start(shadow, job, now);
}

function start(shadow: ShadowPool, job: ShadowJob, now: number): void {
  job.startedAt = now;
  if (!Number.isNaN(job.duration)) insert(shadow, now + job.duration, job.nodes);
}

function insert({ ends }: ShadowPool, at: number, nodes: number): void {
  let place = ends.length;
  while (place > 0 && (ends[place - 1]?.at ?? 0) > at) place -= 1;
  ends.splice(place, 0, { at, nodes });
}

function savedPool({ idle, boots, waiting, open, ends }: ShadowPool): v.InferOutput<typeof shadowPool> {
  const jobs = [...new Set([...waiting, ...[...open.values()].flat()])];
  const places = new Map(jobs.map((job, place) => [job, place]));
  const placesOf = (some: readonly ShadowJob[]) => some.map((job) => places.get(job) ?? 0);
  const orNull = (value: number) => (Number.isNaN(value) ? null : value);
  return {
    idle: [...idle],
    boots: [...boots],
    jobs: jobs.map((job) => ({ ...job, startedAt: orNull(job.startedAt), duration: orNull(job.duration) })),
    waiting: placesOf(waiting),
    open: [...open].map(([submitted, same]) => [submitted, placesOf(same)]),
    ends: ends.map((each) => ({ ...each })),
  };
}

function restorePool(shadow: ShadowPool, saved: v.InferOutput<typeof shadowPool>): void {
  const jobs = saved.jobs.map((job) => ({
    ...job,
    startedAt: job.startedAt ?? Number.NaN,
    duration: job.duration ?? Number.NaN,
  }));
  const at = (places: readonly number[]) => places.flatMap((place) => jobs[place] ?? []);
  shadow.idle = saved.idle;
  shadow.boots = saved.boots;
  shadow.waiting = at(saved.waiting);
  shadow.lacking = shadow.waiting.reduce((sum, { lacking }) => sum + lacking, 0);
  shadow.ends = saved.ends;
  for (const [submitted, same] of saved.open) shadow.open.set(submitted, at(same));
}
