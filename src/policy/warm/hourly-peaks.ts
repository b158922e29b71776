import type { PoolEvent, PoolView } from "../pool.ts";

/** The most nodes at once, by hour of each of the last 14 days and of this one. */
export interface HourlyPeaks {
  observe(pool: PoolView, event: PoolEvent): void;
  /** The mean of what the hour in which a node launched now would be ready took; 0 before a day has been seen. */
  expected(pool: PoolView): number;
}

const hour = 3600;
const days = 14;

interface Memory {
  demand: number;
  /** Hours since the epoch: the first one, and the one that is counted now. */
  readonly firstHour: number;
  hour: number;
  readonly peaks: Float64Array;
}

export function hourlyPeaks(): HourlyPeaks {
  const memories: Memory[] = [];
  const hourAt = (pool: PoolView, seconds: number) => Math.floor((pool.startMs / 1000 + seconds) / hour);
  return {
    observe: (pool, event) => {
      const now = hourAt(pool, pool.nowSeconds);
      memories[pool.id] ??= { demand: 0, firstHour: now, hour: now, peaks: new Float64Array((days + 1) * 24) };
      const memory = memories[pool.id] as Memory;
      turnTo(memory, now);
      if (event.type === "arrived") memory.demand += event.job.nodes;
      if (event.type === "ended") memory.demand = Math.max(0, memory.demand - event.job.nodes);
      const slot = now % memory.peaks.length;
      memory.peaks[slot] = Math.max(memory.peaks[slot] ?? 0, memory.demand);
    },
    expected: (pool) => {
      const memory = memories[pool.id];
      if (memory === undefined) return 0;
      const target = hourAt(pool, pool.nowSeconds + pool.costs.launchSeconds);
      turnTo(memory, hourAt(pool, pool.nowSeconds));
      const known = Math.min(days, Math.floor((target - memory.firstHour) / 24));
      let sum = 0;
      for (let day = 1; day <= known; day += 1) sum += memory.peaks[(target - 24 * day) % memory.peaks.length] ?? 0;
      return known > 0 ? sum / known : 0;
    },
  };
}

/** Hours in which nothing happened took what ran on. */
function turnTo(memory: Memory, hourNow: number): void {
  const { peaks } = memory;
  if (hourNow - memory.hour > peaks.length) memory.hour = hourNow - peaks.length;
  for (; memory.hour < hourNow; memory.hour += 1) peaks[(memory.hour + 1) % peaks.length] = memory.demand;
}
