import type { SimulatedPool } from "./pool.ts";
import type { State } from "./state.ts";

/** Whether the job's share, vCPUs and memory are free on the node. */
export function fitsOn({ nodes, world: { jobs } }: State, slot: number, row: number): boolean {
  return (
    (nodes.usedMillis[slot] ?? 0) + (jobs.shareMillis[row] ?? 0) <= 1000 &&
    (nodes.freeCpu[slot] ?? 0) >= (jobs.cpuMillis[row] ?? 0) &&
    (nodes.freeMemory[slot] ?? 0) >= (jobs.memoryMib[row] ?? 0)
  );
}

/** The node in this state with least of a GPU left over that takes the job; -1: none. */
export function bestFit(state: State, pool: SimulatedPool, row: number, wanted: number): number {
  const { nodes } = state;
  let best = -1;
  for (const slot of pool.sharedSlots) {
    if (nodes.state[slot] !== wanted || !fitsOn(state, slot, row)) continue;
    if (best === -1 || (nodes.usedMillis[slot] ?? 0) > (nodes.usedMillis[best] ?? 0)) best = slot;
  }
  return best;
}

/** Puts the job on the node, or plans it there while it boots. */
export function addTo(state: State, slot: number, row: number): void {
  const { nodes, jobs } = state;
  jobs.head[row] = slot;
  jobs.next[row] = nodes.job[slot] ?? -1;
  nodes.job[slot] = row;
  change(state, slot, row, 1);
}

export function removeFrom(state: State, row: number): void {
  const { nodes, jobs } = state;
  const slot = jobs.head[row] ?? -1;
  change(state, slot, row, -1);
  jobs.head[row] = -1;
  if (nodes.job[slot] === row) {
    nodes.job[slot] = jobs.next[row] ?? -1;
    return;
  }
  let before = nodes.job[slot] ?? -1;
  while (before !== -1 && jobs.next[before] !== row) before = jobs.next[before] ?? -1;
  if (before !== -1) jobs.next[before] = jobs.next[row] ?? -1;
}

function change({ nodes, world: { jobs } }: State, slot: number, row: number, sign: 1 | -1): void {
  nodes.usedMillis[slot] = (nodes.usedMillis[slot] ?? 0) + sign * (jobs.shareMillis[row] ?? 0);
  nodes.freeCpu[slot] = (nodes.freeCpu[slot] ?? 0) - sign * (jobs.cpuMillis[row] ?? 0);
  nodes.freeMemory[slot] = (nodes.freeMemory[slot] ?? 0) - sign * (jobs.memoryMib[row] ?? 0);
}
