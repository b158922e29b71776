import type { InstanceType } from "../../catalog/instance-type.ts";
import { seededRandom } from "../../kernel/random.ts";
import { count } from "../../kernel/text.ts";
import type { Trace } from "../../trace/trace.ts";
import { AcceptedModels } from "./accepted-models.ts";
import type { Market, NodeNeeds } from "./offers.ts";
import type { NeverFits, WorldJobs } from "./world.ts";
import type { WorldOptions } from "./world-options.ts";

export interface SortOptions {
  readonly options: WorldOptions;
  readonly market: Market;
  /** Of the catalog: for all jobs, whatever the trace accepts. */
  readonly model: string | undefined;
}

/** Jobs of one tenant on nodes of one shape. */
export interface JobPool {
  readonly tenant: number;
  readonly type: InstanceType;
  /** The most that any of its jobs needs. */
  readonly needs: NodeNeeds;
  readonly isShared: boolean;
  readonly checkpoints: boolean;
}

export interface SortedJobs {
  readonly pools: readonly JobPool[];
  readonly tenants: readonly string[];
  readonly order: Int32Array;
  readonly jobs: WorldJobs;
  readonly neverFits: readonly NeverFits[];
  readonly notes: readonly string[];
}

/** A gang beyond this is a mistake in the trace. */
const mostNodes = 10_000;
/** A CPU job whose vCPUs nobody recorded is taken to need these. */
const assumedCpuMillis = 4000;

/** Puts every job into the pool of its tenant and shape. */
export function sortJobs(sort: SortOptions): SortedJobs {
  const sorter = new JobSorter(sort);
  const { count: jobs } = sort.options.trace.jobs;
  for (let row = 0; row < jobs; row += 1) sorter.add(row);
  return sorter.finish();
}

interface Shape {
  readonly key: number;
  readonly type: InstanceType;
  readonly needs: NodeNeeds;
  readonly isShared: boolean;
}

class JobSorter {
  readonly #trace: Trace;
  readonly #sort: SortOptions;
  readonly #jobs: WorldJobs;
  readonly #tenantOf: (row: number) => number;
  readonly #tenants: readonly string[];
  readonly #checkpoints: (row: number) => boolean;
  /** What jobs with these needs get: a shape, or the reason why none. */
  readonly #shapes = new Map<string, Shape | string>();
  readonly #shapeKeys = new Map<string, number>();
  readonly #pools: { tenant: number; shape: Shape; needs: NodeNeeds; checkpoints: boolean }[] = [];
  readonly #poolIds = new Map<number, number>();
  readonly #never = new Map<string, { jobs: number; readonly firstRow: number }>();
  readonly #models: AcceptedModels;
  #splits = 0;

  constructor(sort: SortOptions) {
    const { trace, pools = "user", supply } = sort.options;
    const { count: jobs, user, group } = trace.jobs;
    this.#sort = sort;
    this.#trace = trace;
    this.#models = new AcceptedModels(trace, sort.market, sort.model);
    this.#jobs = {
      pool: new Int32Array(jobs).fill(-1),
      nodes: new Int32Array(jobs),
      shareMillis: new Int32Array(jobs),
      cpuMillis: new Float64Array(jobs),
      memoryMib: new Float64Array(jobs),
      checkpoints: new Uint8Array(jobs),
    };
    const names = pools === "user" ? trace.users : pools === "group" ? trace.groups : [];
    const column = pools === "user" ? user : group;
    this.#tenants = pools === "shared" ? ["shared"] : [...names, "unknown"];
    this.#tenantOf = pools === "shared" ? () => 0 : (row) => indexOr(column[row], names.length);
    this.#checkpoints = checkpointing(trace, supply?.checkpoints?.share ?? (supply?.checkpoints ? 1 : 0));
  }

  add(row: number): void {
    const nodes = this.#nodesOf(row);
    const problem = problemOf(this.#trace, row, nodes);
    const shape = problem ?? this.#shapeOf(row, nodes);
    if (typeof shape === "string") {
      this.#reject(row, shape);
      return;
    }
    this.#jobs.nodes[row] = nodes;
    this.#jobs.checkpoints[row] = this.#checkpoints(row) ? 1 : 0;
    this.#jobs.pool[row] = this.#poolOf(row, shape);
  }

  finish(): SortedJobs {
    return {
      pools: this.#pools.map(({ tenant, shape: { type, isShared }, needs, checkpoints }) => {
        return { tenant, type, isShared, needs, checkpoints };
      }),
      tenants: this.#tenants,
      order: submissionOrder(this.#trace, this.#jobs.pool),
      jobs: this.#jobs,
      neverFits: [...this.#never].map(([reason, { jobs, firstRow }]) => ({ reason, jobs, firstRow })),
      notes: this.#notes(),
    };
  }

  /** As the trace says; as many as it takes where it names fewer than there are machines large enough for. */
  #nodesOf(row: number): number {
    const { gpus, nodes, gpuType } = this.#trace.jobs;
    const named = Math.max(1, nodes[row] ?? 1);
    const most = this.#models.mostGpus(gpuType[row] ?? -1);
    const wanted = gpus[row] ?? 0;
    if (!(wanted / named > most) || most === 0) return named;
    this.#splits += 1;
    return Math.ceil(wanted / most);
  }

  #shapeOf(row: number, nodes: number): Shape | string {
    const { gpus, cpus, memoryGib, gpuType } = this.#trace.jobs;
    const whole = gpus[row] ?? 0;
    const share = nodes === 1 && whole > 0 && whole < 1;
    const cpuMillis = Math.ceil((1000 * orZero(cpus[row])) / nodes);
    const memoryMib = Math.ceil((1024 * orZero(memoryGib[row])) / nodes);
    this.#jobs.shareMillis[row] = share ? Math.max(1, Math.round(1000 * whole)) : 0;
    this.#jobs.cpuMillis[row] = cpuMillis;
    this.#jobs.memoryMib[row] = memoryMib;
    const perNode = Math.ceil(whole / nodes);
    const types = this.#sort.model === undefined ? (gpuType[row] ?? -1) : -1;
    const key = `${share ? "share" : perNode} ${cpuMillis} ${memoryMib} ${types}`;
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    const shape = this.#newShape({ perNode, share, cpuMillis, memoryMib, types });
    this.#shapes.set(key, shape);
    return shape;
  }

  #newShape(of: { perNode: number; share: boolean; cpuMillis: number; memoryMib: number; types: number }) {
    const { perNode, share, cpuMillis, memoryMib, types } = of;
    if (!(perNode >= 0)) return "its GPUs are not a number from 0 on";
    const models = perNode === 0 ? undefined : this.#models.of(types);
    const cpuNeeded = perNode === 0 && cpuMillis === 0 ? assumedCpuMillis : cpuMillis;
    const needs: NodeNeeds = { gpus: perNode, cpuMillis: cpuNeeded, memoryMib, ...(models && { models }) };
    const type = this.#sort.market.cheapest(needs);
    if (type === undefined) return `${this.#sort.market.region} sells no instance type with ${needsText(needs)}`;
    const name = `${share ? "share" : perNode} ${type.name} ${(models ?? []).join("|")}`;
    const key = this.#shapeKeys.get(name) ?? this.#shapeKeys.size;
    this.#shapeKeys.set(name, key);
    return { key, type, needs, isShared: share };
  }

  #poolOf(row: number, shape: Shape): number {
    const tenant = this.#tenantOf(row);
    const checkpoints = this.#jobs.checkpoints[row] ?? 0;
    const key = (tenant * 65_536 + shape.key) * 2 + checkpoints;
    const id = this.#poolIds.get(key);
    const pool = id === undefined ? undefined : this.#pools[id];
    if (id === undefined || pool === undefined) {
      this.#poolIds.set(key, this.#pools.length);
      return this.#pools.push({ tenant, shape, needs: shape.needs, checkpoints: checkpoints === 1 }) - 1;
    }
    if (pool.needs !== shape.needs) pool.needs = most(pool.needs, shape.needs);
    return id;
  }

  #reject(row: number, reason: string): void {
    const entry = this.#never.get(reason) ?? { jobs: 0, firstRow: row };
    entry.jobs += 1;
    this.#never.set(reason, entry);
  }

  #notes(): string[] {
    if (this.#splits === 0) return [...this.#models.notes()];
    const split = `${count(this.#splits, "job")} with more GPUs on a node than any machine has: taken for gangs`;
    return [...this.#models.notes(), split];
  }
}

/** Why a job cannot be simulated at all. */
function problemOf({ jobs }: Trace, row: number, nodes: number): string | undefined {
  if (!isTime(jobs.submitSeconds[row])) return "its submission is not a time from 0 on";
  if (!isTime(jobs.durationSeconds[row])) return "its duration is not a time from 0 on";
  return nodes > mostNodes ? `it needs ${nodes} nodes at once, more than ${mostNodes}` : undefined;
}

function most(a: NodeNeeds, b: NodeNeeds): NodeNeeds {
  const cpuMillis = Math.max(a.cpuMillis, b.cpuMillis);
  const memoryMib = Math.max(a.memoryMib, b.memoryMib);
  return { ...a, cpuMillis, memoryMib };
}

function needsText({ gpus, cpuMillis, memoryMib, models }: NodeNeeds): string {
  const parts = [
    ...(gpus > 0 ? [count(gpus, models === undefined ? "GPU" : `${models.join(" or ")} GPU`)] : []),
    ...(cpuMillis > 0 ? [count(cpuMillis / 1000, "vCPU")] : []),
    ...(memoryMib > 0 ? [`${Math.round(memoryMib / 1024)} GiB`] : []),
  ];
  return parts.join(", ");
}

/** Whole users write checkpoints, or do not: which ones, a fixed draw by their number says. */
function checkpointing({ jobs }: Trace, share: number): (row: number) => boolean {
  if (share <= 0 || share >= 1) return () => share >= 1;
  const drawn = new Map<number, boolean>();
  return (row) => {
    const user = jobs.user[row] ?? -1;
    const key = user === -1 ? -2 - row : user;
    const known = drawn.get(key) ?? seededRandom(key).next() < share;
    if (user !== -1) drawn.set(key, known);
    return known;
  };
}

/** Rows of jobs that fit somewhere, in order of submission; rows of one time in the trace's order. */
function submissionOrder({ jobs: { submitSeconds } }: Trace, pool: Int32Array): Int32Array {
  const order = new Int32Array(pool.length);
  let fitting = 0;
  let isSorted = true;
  for (let row = 0; row < pool.length; row += 1) {
    if ((pool[row] ?? -1) < 0) continue;
    if (fitting > 0 && (submitSeconds[row] ?? 0) < (submitSeconds[order[fitting - 1] ?? 0] ?? 0)) isSorted = false;
    order[fitting++] = row;
  }
  const rows = order.subarray(0, fitting);
  return isSorted ? rows : rows.sort((a, b) => (submitSeconds[a] ?? 0) - (submitSeconds[b] ?? 0) || a - b);
}

function isTime(seconds: number | undefined): boolean {
  return seconds !== undefined && seconds >= 0 && seconds < 1e11;
}

function indexOr(index: number | undefined, otherwise: number): number {
  return index === undefined || index < 0 ? otherwise : index;
}

function orZero(amount: number | undefined): number {
  return amount === undefined || !(amount > 0) ? 0 : amount;
}
