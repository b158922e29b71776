import type { ReleasePolicy } from "../../../src/policy/policy.ts";
import type { IdleNode, PoolEvent, PoolJob, PoolView } from "../../../src/policy/pool.ts";

/** One job after another in a pool, each after a gap; `status` and `seconds` are of the job before the gap. */
export interface Gap {
  readonly seconds: number;
  readonly status?: number;
  readonly ranSeconds?: number;
}

export const costs = { usdPerHour: 1, launchSeconds: 300, loadSeconds: 0, waitingWeight: 1, restartUsd: 0 };
/** B of `costs`. */
export const breakEven = 600;

export type MutableView = { -readonly [K in keyof PoolView]: PoolView[K] } & { idle: IdleNode[] };

export function poolView(over: Partial<MutableView> = {}): MutableView {
  return {
    id: 0,
    tenant: "u1",
    shape: "1gpu",
    gpus: 1,
    costs,
    startMs: Date.UTC(2026, 0, 5),
    nowSeconds: 0,
    busy: 0,
    booting: 0,
    queued: 0,
    idle: [],
    ...over,
  };
}

export function poolJob(over: Partial<PoolJob> = {}): PoolJob {
  return {
    user: 1,
    group: 1,
    gpus: 1,
    nodes: 1,
    submitSeconds: 0,
    startSeconds: 0,
    endSeconds: Number.NaN,
    status: 0,
    ...over,
  };
}

/** What one node costs over the gaps, in seconds, and what it must cost at least; holds are asked again when they end. */
export function costOfGaps(policy: ReleasePolicy, gaps: readonly Gap[], pool = poolView()) {
  const held: number[] = [];
  let [cost, optimum] = [0, 0];
  pool.nowSeconds += 1;
  arrive(policy, pool);
  for (const gap of gaps) {
    const hold = holdOf(policy, pool, gap);
    held.push(hold);
    cost += gap.seconds <= hold ? gap.seconds : hold + breakEven;
    optimum += Math.min(gap.seconds, breakEven);
    pool.idle.length = 0;
    arrive(policy, pool);
  }
  return { cost, optimum, ratio: cost / optimum, held };
}

export function send(policy: ReleasePolicy, pool: PoolView, event: PoolEvent): void {
  policy.observe?.(pool, event);
}

function arrive(policy: ReleasePolicy, pool: PoolView): void {
  send(policy, pool, {
    type: "arrived",
    job: poolJob({ submitSeconds: pool.nowSeconds, startSeconds: pool.nowSeconds }),
  });
}

/** Ends the job, asks until the hold is over or the next job is there, and leaves the clock at the gap's end. */
function holdOf(policy: ReleasePolicy, pool: MutableView, gap: Gap): number {
  const start = pool.nowSeconds;
  const end = start + (gap.ranSeconds ?? 100);
  const last = poolJob({ submitSeconds: start, startSeconds: start, endSeconds: end, status: gap.status ?? 1 });
  pool.nowSeconds = end;
  pool.idle.push({ node: 1, idleSinceSeconds: end, launchedAtSeconds: -3600, last });
  send(policy, pool, { type: "ended", job: last });
  let until = policy.hold(pool, 0).untilSeconds;
  while (until > pool.nowSeconds && until < end + gap.seconds) {
    pool.nowSeconds = until;
    until = policy.hold(pool, 0).untilSeconds;
  }
  const held = until >= end + gap.seconds ? Number.POSITIVE_INFINITY : pool.nowSeconds - end;
  pool.nowSeconds = end + gap.seconds;
  return held;
}
