import type { Offering } from "../../catalog/instance-type.ts";
import type { PoolCosts } from "../../policy/pool.ts";
import type { Trace } from "../../trace/trace.ts";
import type { Returns } from "./returns.ts";
import type { WorldOptions } from "./world-options.ts";

/**
 * Everything about a simulation that no policy changes: which pool each job belongs to, what its nodes are and cost. It is
 * made once and shared by all policies on a trace.
 */
export interface World {
  readonly trace: Trace;
  readonly region: string;
  readonly pools: readonly PoolSpec[];
  readonly tenants: readonly string[];
  /** Jobs in order of submission: indices of the trace's rows. */
  readonly order: Int32Array;
  readonly jobs: WorldJobs;
  readonly returns: Returns;
  /** Jobs that no node fits, by reason. They count as jobs and never complete. */
  readonly neverFits: readonly NeverFits[];
  /** What was assumed where the trace and the catalog do not meet, one sentence each. */
  readonly notes: readonly string[];
  readonly options: WorldOptions;
}

export interface NeverFits {
  readonly reason: string;
  readonly jobs: number;
  /** Row of the first one, from 0. */
  readonly firstRow: number;
}

/** By row of the trace. */
export interface WorldJobs {
  /** -1: fits nowhere. */
  readonly pool: Int32Array;
  /** Nodes that it needs at once. */
  readonly nodes: Int32Array;
  /** Thousandths of a GPU, of a job that takes a share; else 0. */
  readonly shareMillis: Int32Array;
  /** Of each node. 0: not recorded. */
  readonly cpuMillis: Float64Array;
  readonly memoryMib: Float64Array;
  /** 1: it writes checkpoints. */
  readonly checkpoints: Uint8Array;
}

export interface PoolSpec {
  readonly id: number;
  /** Index in the world's tenants. */
  readonly tenant: number;
  /** Such as `g5.xlarge` or, of nodes that are shared, `shares of g5.xlarge`. */
  readonly shape: string;
  /** GPUs that jobs ask of a node: machines may have more, which is in their price. */
  readonly gpus: number;
  /** GPU-seconds in a second of a node: its GPUs, 1 for a CPU node. */
  readonly weight: number;
  /** Whether jobs take shares of its nodes. */
  readonly isShared: boolean;
  /** Whether its jobs write checkpoints. */
  readonly checkpoints: boolean;
  /** Cheapest type first. */
  readonly offers: readonly Offering[];
  /** The cheapest on demand: what is launched where no policy says otherwise. */
  readonly offer: Offering;
  readonly costs: PoolCosts;
}
