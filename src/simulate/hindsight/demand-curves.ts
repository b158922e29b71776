import { lowerBound } from "../../kernel/lower-bound.ts";
import { EventQueue, eventKinds } from "../engine/event-queue.ts";
import { Occupancy } from "../world/occupancy.ts";
import type { World } from "../world/world.ts";

/** How many nodes of a pool the trace keeps busy, just after each arrival; made to be asked when a level is reached. */
export interface DemandCurve {
  /** The first time from `now` on at which at least so many nodes are busy; Infinity: never again. O(log n). */
  reaches(nodes: number, now: number): number;
  readonly peak: number;
  /** Mean over the span of the trace. */
  readonly mean: number;
}

/** The demand of each pool if nobody waits. */
export function demandCurves(world: World): readonly DemandCurve[] {
  const { trace, jobs, order, pools } = world;
  const running = new EventQueue();
  const columns = pools.map((pool) => ({
    occupancy: new Occupancy(pool),
    times: [] as number[],
    nodes: [] as number[],
  }));
  const use = new Float64Array(pools.length);
  const departUntil = (now: number) => {
    while (running.length > 0 && running.nextTime <= now) {
      running.take();
      const pool = jobs.pool[running.subject] ?? 0;
      use[pool] = (use[pool] ?? 0) + running.time * (columns[pool]?.occupancy.remove(jobs, running.subject) ?? 0);
    }
  };
  for (const row of order) {
    const now = trace.jobs.submitSeconds[row] ?? 0;
    departUntil(now);
    const pool = jobs.pool[row] ?? 0;
    const column = columns[pool];
    if (column === undefined) continue;
    use[pool] = (use[pool] ?? 0) - now * column.occupancy.add(jobs, row);
    column.times.push(now);
    column.nodes.push(column.occupancy.nodes);
    running.add(now + (trace.jobs.durationSeconds[row] ?? 0), eventKinds.end, row, 0);
  }
  departUntil(Number.POSITIVE_INFINITY);
  const span = Math.max(1, trace.spanSeconds);
  return columns.map(({ times, nodes }, pool) => curveOf(times, nodes, (use[pool] ?? 0) / span));
}

function curveOf(times: readonly number[], nodes: readonly number[], mean: number): DemandCurve {
  const size = 2 ** Math.ceil(Math.log2(Math.max(1, nodes.length)));
  const most = new Int32Array(2 * size);
  most.set(nodes, size);
  for (let index = size - 1; index > 0; index -= 1) {
    most[index] = Math.max(most[2 * index] ?? 0, most[2 * index + 1] ?? 0);
  }
  const reaches = (wanted: number, now: number) => {
    const index = firstReaching(
      most,
      lowerBound(times.length, (at) => (times[at] ?? 0) < now),
      wanted,
    );
    return index === -1 ? Number.POSITIVE_INFINITY : (times[index] ?? Number.POSITIVE_INFINITY);
  };
  return { reaches, peak: most[1] ?? 0, mean };
}

/** The first leaf from `from` on with at least `wanted`, in a tree of maxima; -1: none. */
function firstReaching(most: Int32Array, from: number, wanted: number): number {
  const size = most.length / 2;
  if (from >= size) return -1;
  let index = size + from;
  while ((most[index] ?? 0) < wanted) {
    while (index % 2 === 1) index >>= 1;
    if (index === 0) return -1;
    index += 1;
  }
  while (index < size) index = (most[2 * index] ?? 0) >= wanted ? 2 * index : 2 * index + 1;
  return index - size;
}
