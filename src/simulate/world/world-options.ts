import type { Offering } from "../../catalog/instance-type.ts";
import type { Trace } from "../../trace/trace.ts";

/** What is simulated, whatever the policy. */
export interface WorldOptions {
  readonly trace: Trace;
  /** Who shares nodes: each user's jobs alone (default), a group's, or everybody's. */
  readonly pools?: PoolScope | undefined;
  /** GPU for all jobs, such as `a10g`, whatever the trace asks for. Default: what the trace accepts, cheapest first. */
  readonly gpu?: string | undefined;
  readonly region: string;
  /** ρ: what a second of a waiting node-sized job is worth, in seconds of a node. Default 1. */
  readonly waitingWeight?: number | undefined;
  /** L, the same for each launch. Default: launch, registration, initialization and image pull as the catalog has them. */
  readonly launchSeconds?: number | undefined;
  /** Tw: billed and not useful yet, such as loading weights. Default 0. */
  readonly loadSeconds?: number | undefined;
  /** Image to pull, where `launchSeconds` is not given. Default 8192: a training framework's. */
  readonly imageMib?: number | undefined;
  /** F: of a launch, besides time. Default 0. */
  readonly restartUsd?: number | undefined;
  /**
   * Who submits a job within so many seconds of the end of an earlier one of his follows that end: his job comes later if
   * the earlier one was late. Default 0: all come when the trace says, whatever waits. Zakay and Feitelson (2014) take
   * thinking of more than 1200 s for another session.
   */
  readonly returnSeconds?: number | undefined;
  readonly supply?: Supply | undefined;
}

export type PoolScope = "user" | "group" | "shared";

/** What EC2 refuses and takes back. Default: nothing. */
export interface Supply {
  /** Insufficient capacity. */
  readonly refusal?: Refusal | undefined;
  /** Whether spot instances are interrupted, as often as the catalog's bands say. Default true. */
  readonly interruptions?: boolean | undefined;
  /** Which jobs can go on after an interruption. Default: none, all begin anew. */
  readonly checkpoints?: Checkpoints | undefined;
}

export interface Refusal {
  /** That a launch is refused, 0 to 0.95. */
  probability(offer: Offering): number;
  /** How long an offering that was refused is not asked again. Default 180, as Karpenter's. */
  readonly backOffSeconds?: number | undefined;
}

export interface Checkpoints {
  /** What writing one costs the job. */
  readonly writeSeconds: number;
  /** Share of the users (of the jobs, where users are not known) whose jobs write them, 0 to 1. Default 1. */
  readonly share?: number | undefined;
}
