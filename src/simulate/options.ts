import type { Policy } from "../policy/policy.ts";
import type { PoolView } from "../policy/pool.ts";
import type { TimelineEntry } from "../timeline/entries.ts";
import type { World } from "./world/world.ts";

export interface RunOptions {
  /** Default 1. */
  readonly seed?: number | undefined;
  /** Hears the run as a timeline, in order of time. */
  readonly observe?: ((entry: TimelineEntry) => void) | undefined;
  /** Whether the decisions are replayed over the gaps of the trace for `ratioOfGaps`, which takes as long again. Default true. */
  readonly replay?: boolean | undefined;
  /** Wall time in milliseconds, for `seconds` of the result. Default: none, and 0. */
  readonly wallMs?: (() => number) | undefined;
}

/** A policy, and nodes that are there from second 0 until the end, as an always-on node group has them. */
export interface SimulatedPolicy extends Policy {
  readonly floor?: ((pool: PoolView) => number) | undefined;
}

/** Policies that learn are made anew for each run; those in hindsight look at the whole world. */
export type MakePolicy = (world: World) => SimulatedPolicy;
