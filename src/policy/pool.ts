/**
 * What a policy sees of a pool: nodes of one shape that serve one tenant's jobs. Time is in seconds since `startMs`,
 * whoever keeps it: the simulator, or the controller. The pool is its keeper's: a policy reads it and keeps no copy.
 */
export interface PoolView {
  /** Dense, from 0. */
  readonly id: number;
  /** Whose jobs it serves: a user, a group, or the whole team. */
  readonly tenant: string;
  /** Instance type, or what stands for it. */
  readonly shape: string;
  /** GPUs of one node; 0 for CPU nodes. */
  readonly gpus: number;
  readonly costs: PoolCosts;
  readonly startMs: number;
  readonly nowSeconds: number;
  /** Nodes that run something. */
  readonly busy: number;
  /** Nodes that are on their way. */
  readonly booting: number;
  /** Nodes that pending jobs ask for. */
  readonly queued: number;
  /** The one that became idle last comes last, and is the first to be used again (LIFO). */
  readonly idle: readonly IdleNode[];
}

/** What a cold start costs, measured where there are measurements (`policy.md` 1.1). */
export interface PoolCosts {
  /** p: of one node. */
  readonly usdPerHour: number;
  /** L: from a node being needed to a pod being able to start. */
  readonly launchSeconds: number;
  /** Tw: billed and not yet useful: weights load, kernels compile. */
  readonly loadSeconds: number;
  /** ρ: what a second of a waiting node-sized job is worth, as a multiple of p. */
  readonly waitingWeight: number;
  /** F: of a restart, besides time. */
  readonly restartUsd: number;
}

export interface IdleNode {
  readonly node: number;
  readonly idleSinceSeconds: number;
  readonly launchedAtSeconds: number;
  /** What it ran last; undefined for a node that was warmed and not used yet. */
  readonly last?: PoolJob | undefined;
}

/** A job, as far as policies may know it: its end and status only once it has ended. */
export interface PoolJob {
  /** -1: unknown. */
  readonly user: number;
  readonly group: number;
  /** GPUs on each of its nodes. */
  readonly gpus: number;
  readonly nodes: number;
  readonly submitSeconds: number;
  readonly startSeconds: number;
  /** NaN while it runs. */
  readonly endSeconds: number;
  /** Of the trace's `jobStatuses`; 0 while it runs. */
  readonly status: number;
}

/**
 * What happens in a pool, in order of time. `arrived` and `ended` come for each job once; `launched` tells measured
 * phases; `refused` is insufficient capacity; `warmed` is a `Warm` that its keeper has acted on, which is what a budget
 * counts. An event is its keeper's as the pool is, who may use the object again: a policy keeps none.
 */
export type PoolEvent =
  | { readonly type: "arrived"; readonly job: PoolJob }
  | { readonly type: "started"; readonly job: PoolJob }
  | { readonly type: "ended"; readonly job: PoolJob }
  | { readonly type: "launched"; readonly seconds: number }
  | { readonly type: "refused" }
  | { readonly type: "warmed"; readonly nodes: number; readonly untilSeconds: number }
  | { readonly type: "released"; readonly idleSeconds: number };

/** Nodes of the pool that a job takes: a share of one where it asks for fewer GPUs than the node has. */
export function nodesTaken(pool: PoolView, job: PoolJob): number {
  const share = pool.gpus > 0 && job.gpus > 0 ? Math.min(1, job.gpus / pool.gpus) : 1;
  return job.nodes * share;
}
