import type { WarmPolicy } from "../../../src/policy/policy.ts";
import type { PoolEvent, PoolJob, PoolView } from "../../../src/policy/pool.ts";

/** A Monday, 00:00 UTC. */
export const monday = Date.UTC(2026, 10, 2);

export function poolView(changes: Partial<PoolView> = {}): PoolView {
  return {
    id: 0,
    tenant: "ann",
    shape: "g5.xlarge",
    gpus: 1,
    costs: { usdPerHour: 1, launchSeconds: 300, loadSeconds: 0, waitingWeight: 10, restartUsd: 0 },
    startMs: monday,
    nowSeconds: 0,
    busy: 0,
    booting: 0,
    queued: 0,
    idle: [],
    ...changes,
  };
}

export const weighing = (waitingWeight: number) => ({ ...poolView().costs, waitingWeight });

export function poolJob(submitSeconds: number, changes: Partial<PoolJob> = {}): PoolJob {
  const times = { submitSeconds, startSeconds: submitSeconds, endSeconds: Number.NaN };
  return { user: 1, group: -1, gpus: 1, nodes: 1, status: 0, ...times, ...changes };
}

export interface Told {
  readonly at: number;
  readonly job: PoolJob;
  readonly seconds: number;
}

/** Tells a policy of jobs that start at once, in order of time, and of their ends. */
export function tell(policy: Pick<WarmPolicy, "observe">, pool: PoolView, jobs: readonly Told[]): void {
  const events = jobs.flatMap(({ at, job, seconds }): [number, PoolEvent][] => [
    [at, { type: "arrived", job }],
    [at, { type: "started", job }],
    [at + seconds, { type: "ended", job: { ...job, endSeconds: at + seconds, status: 1 } }],
  ]);
  for (const [nowSeconds, event] of events.sort(([a], [b]) => a - b)) policy.observe?.({ ...pool, nowSeconds }, event);
}

export const day = 86_400;

/** A job each weekday at this hour, for so many days from the Monday on. */
export function everyWeekday(hour: number, days: number, changes: Partial<PoolJob> = {}): Told[] {
  return Array.from({ length: days }, (_, index) => index)
    .filter((index) => index % 7 < 5)
    .map((index) => index * day + hour * 3600)
    .map((at) => ({ at, job: poolJob(at, changes), seconds: 1800 }));
}
