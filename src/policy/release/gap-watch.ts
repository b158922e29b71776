import { poolKey } from "../by-pool.ts";
import type { PoolEvent, PoolJob, PoolView } from "../pool.ts";
import { Activity } from "./activity.ts";
import type { GapStart } from "./features.ts";
import { GapLedger, userKey, type Vacancy } from "./gap-ledger.ts";

/** Hears of the gaps of all pools. */
export interface GapsListener<Context> {
  /** `key` is the pool's. */
  begun(start: GapStart, key: string): Context;
  outlived(vacancy: Vacancy<Context>, bucket: number): void;
  ended(vacancy: Vacancy<Context>, seconds: number, bucket: number): void;
}

/** What is known of one pool. */
export interface WatchedPool<Context> {
  readonly key: string;
  readonly ledger: GapLedger<Context>;
  activity: Activity;
  /** The last gap of each level. */
  readonly levelGaps: number[];
  /** When the latest jobs ended, and how many did within ten seconds of each other. */
  lastEnd: number;
  endsNow: number;
  lastUser: number;
}

const together = 10;
/** Before the start of any trace. */
const never = 1e9;
/** Levels whose last gap is remembered. */
const rememberedLevels = 256;

/** Follows the gaps of all pools and what pools and users did lately. */
export class GapWatch<Context> {
  readonly pools = new Map<string, WatchedPool<Context>>();
  readonly users = new Map<string, Activity>();
  readonly #byId = new Map<number, WatchedPool<Context>>();
  readonly #listener: GapsListener<Context>;

  constructor(listener: GapsListener<Context>) {
    this.#listener = listener;
  }

  observe(pool: PoolView, event: PoolEvent): void {
    const watched = this.of(pool);
    if (event.type === "ended") countEnd(watched, pool.nowSeconds);
    watched.ledger.observe(pool, event);
    if (event.type !== "arrived" && event.type !== "ended") return;
    const user = this.#userOf(pool, event.job);
    for (const activity of [watched.activity, user])
      if (event.type === "arrived") activity.arrived(pool.nowSeconds);
      else activity.ended(pool.nowSeconds, event.job.status);
    if (event.type === "arrived") watched.lastUser = event.job.user;
  }

  of(pool: PoolView): WatchedPool<Context> {
    const found = this.#byId.get(pool.id);
    if (found !== undefined) return found;
    const watched = this.byKey(poolKey(pool));
    this.#byId.set(pool.id, watched);
    return watched;
  }

  byKey(key: string): WatchedPool<Context> {
    const watched = this.pools.get(key) ?? this.#watched(key);
    this.pools.set(key, watched);
    return watched;
  }

  #userOf(pool: PoolView, job: PoolJob): Activity {
    const key = userKey(pool, job);
    const found = this.users.get(key) ?? new Activity();
    this.users.set(key, found);
    return found;
  }

  #watched(key: string): WatchedPool<Context> {
    const watched: WatchedPool<Context> = {
      key,
      ledger: new GapLedger<Context>({
        begun: (pool, job, level, weight) => this.#begun(watched, { pool, job, levels: level, weight }),
        outlived: (vacancy, bucket) => this.#listener.outlived(vacancy, bucket),
        ended: (vacancy, seconds, bucket) => {
          watched.activity.gapEnded(seconds, vacancy.weight);
          rememberGap(watched.levelGaps, vacancy.level, seconds);
          this.users.get(vacancy.user)?.gapEnded(seconds, vacancy.weight);
          this.#listener.ended(vacancy, seconds, bucket);
        },
      }),
      activity: new Activity(),
      levelGaps: [],
      lastEnd: -never,
      endsNow: 0,
      lastUser: -1,
    };
    return watched;
  }

  #begun(watched: WatchedPool<Context>, gap: Pick<GapStart, "pool" | "job" | "levels" | "weight">): Context {
    const { pool, job, levels } = gap;
    const start: GapStart = {
      ...gap,
      vacancies: watched.ledger.vacancies.length,
      levelGap: watched.levelGaps[levels] ?? never,
      endsNow: watched.endsNow,
      sameUser: watched.lastUser === job.user,
      ofPool: watched.activity,
      ofUser: this.#userOf(pool, job),
    };
    return this.#listener.begun(start, watched.key);
  }
}

function countEnd(watched: WatchedPool<unknown>, now: number): void {
  watched.endsNow = now - watched.lastEnd < together ? watched.endsNow + 1 : 0;
  watched.lastEnd = now;
}

/** Without holes, so that it can be saved. */
function rememberGap(levelGaps: number[], level: number, seconds: number): void {
  if (level >= rememberedLevels) return;
  while (levelGaps.length < level) levelGaps.push(never);
  levelGaps[level] = seconds;
}
