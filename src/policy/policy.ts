import type { Offering } from "../catalog/instance-type.ts";
import type { Hold, Reason, Wait, Warm } from "./decision.ts";
import type { PoolCosts, PoolEvent, PoolJob, PoolView } from "./pool.ts";

/**
 * When to give an idle node back. `hold` is asked when a node becomes idle and again when its hold is over (a hold that
 * is over and not renewed is a release); it may be asked at any time and answers for the moment that `pool` shows.
 * What it has learned is in `observe` alone, so that asking twice changes nothing.
 */
export interface ReleasePolicy {
  readonly name: string;
  /** `index` is the node's place in `pool.idle`. */
  hold(pool: PoolView, index: number): Hold;
  observe?(pool: PoolView, event: PoolEvent): void;
  /** What it has learned, as JSON of a few kilobytes for each pool; `restore` takes it or says why not. */
  save?(): LearnedState;
  restore?(state: LearnedState): void;
}

/** How many nodes to launch before anybody asks for them. Never delays or replaces what pending jobs launch. */
export interface WarmPolicy {
  readonly name: string;
  /** How often it wants to be asked. */
  readonly reviewSeconds: number;
  warm(pool: PoolView): Warm | undefined;
  /** Until when `warm` has nothing to say of this pool as long as no job arrives there. Absent: it may have at any time. */
  quietUntilSeconds?(pool: PoolView): number;
  observe?(pool: PoolView, event: PoolEvent): void;
  save?(): LearnedState;
  restore?(state: LearnedState): void;
}

/**
 * Whether a pending job waits for a node that others will leave, or that is on its way, rather than having one booted.
 * Only its own launch is put off: any node that is free before then goes to whoever has waited longest. Asked when a job
 * finds no idle node, and again when its wait is over. Not a part of `PlacePolicy`: that is asked about nodes, warm ones
 * too, and where to launch is a question of its own once it is known that one is launched.
 */
export interface WaitPolicy {
  readonly name: string;
  /** undefined: boot now. */
  wait(pool: PoolView, request: WaitRequest): Wait | undefined;
  observe?(pool: PoolView, event: PoolEvent): void;
}

/** A job for which nodes are missing. */
export interface WaitRequest {
  readonly job: PoolJob;
  /** Since when it is pending. */
  readonly sinceSeconds: number;
  /** Nodes that it lacks. */
  readonly lacking: number;
  /** Nodes that jobs lack which come before it. */
  readonly ahead: number;
  /** When each of the pool's running jobs started; one that has several nodes comes once for each. */
  readonly runningSinceSeconds: readonly number[];
  /** When each node that is on its way is expected to be ready. */
  readonly readySeconds: readonly number[];
}

/** Which offering a node for a job is launched from. */
export interface PlacePolicy {
  readonly name: string;
  place(request: PlaceRequest): Placement | undefined;
}

/** A job that needs a node, and the offerings that its pod fits on. */
export interface PlaceRequest {
  readonly offers: readonly Offering[];
  /** Nodes it needs at once. */
  readonly nodes: number;
  /** How long it is expected to run, from quantiles of jobs like it. */
  readonly expectedSeconds: { readonly p50: number; readonly p90: number };
  /** What writing a checkpoint costs; undefined: it has none, and starts anew after an interruption. */
  readonly checkpointSeconds?: number | undefined;
  readonly costs: PoolCosts;
  /** Offerings refused lately for want of capacity: not before then. Keyed by `offerKey`. */
  readonly refusedUntilSeconds: ReadonlyMap<string, number>;
  readonly nowSeconds: number;
}

export interface Placement {
  readonly offer: Offering;
  /** How often to write a checkpoint; absent: not at all. */
  readonly checkpointEverySeconds?: number | undefined;
  readonly expectedUsd: number;
  readonly reason: Reason;
}

/** `TYPE/CAPACITY/ZONE` */
export function offerKey({ instanceType, capacityType, zone }: Offering): string {
  return `${instanceType.name}/${capacityType}/${zone}`;
}

export interface Policy {
  readonly name: string;
  readonly release: ReleasePolicy;
  readonly warm?: WarmPolicy | undefined;
  /** Absent: the cheapest on-demand offering. */
  readonly place?: PlacePolicy | undefined;
  /** Absent: each pending job has its nodes booted at once. */
  readonly wait?: WaitPolicy | undefined;
}

/**
 * Versioned: a state of another version, or that does not parse, is refused as a whole (a Failure FILE_INVALID) and the
 * policy goes on with what it knew. Pools are known again by tenant and shape, whatever their numbers; times are seconds
 * since `startMs`, and users are numbers, so that whoever keeps pools has to keep both over a restart.
 */
export interface LearnedState {
  readonly policy: string;
  readonly version: number;
  readonly pools: Readonly<Record<string, unknown>>;
}
