import type { IdleNode, PoolCosts, PoolView } from "../../policy/pool.ts";
import type { PoolSpec, World } from "../world/world.ts";
import { Ledger } from "./ledger.ts";
import type { NodeFace } from "./nodes.ts";
import { WaitingJobs } from "./waiting-jobs.ts";

/** A pool as the simulation keeps it, which is also what policies see of it. */
export class SimulatedPool implements PoolView {
  readonly id: number;
  readonly tenant: string;
  readonly shape: string;
  readonly gpus: number;
  readonly costs: PoolCosts;
  readonly startMs: number;
  nowSeconds = 0;
  busy = 0;
  booting = 0;
  queued = 0;
  readonly idle: IdleNode[] = [];

  readonly spec: PoolSpec;
  readonly ledger = new Ledger();
  readonly waiting = new WaitingJobs();
  /** Slots of the idle nodes, in the order of `idle`. */
  readonly idleSlots: number[] = [];
  /** Slots of nodes that share pods run on or are planned for. */
  readonly sharedSlots: number[] = [];
  /** Where the policy is asked about waits: rows of the jobs that run on whole nodes, and slots of nodes that boot. */
  readonly running = new Set<number>();
  readonly bootingSlots = new Set<number>();
  /** Of the nodes that are queued, those that are not to be launched yet. */
  putOff = 0;
  /** Nodes that are never given back. */
  floor = 0;
  lastArrival = Number.NEGATIVE_INFINITY;
  isReviewed = false;
  /** When it was last looked at by the warm policy, and when it will be; a review with another token is void. */
  reviewedAt = 0;
  nextReview = 0;
  reviewToken = 0;
  isRetrying = false;

  // what it came to, in node-seconds unless said otherwise
  busySeconds = 0;
  idleSeconds = 0;
  bootSeconds = 0;
  /** Times GPUs. */
  waitGpuSeconds = 0;
  usd = 0;
  launches = 0;
  /** Of them, in a replay, those for levels that were new. */
  firstLaunches = 0;
  interruptions = 0;

  constructor(spec: PoolSpec, world: World) {
    this.spec = spec;
    this.id = spec.id;
    this.tenant = world.tenants[spec.tenant] ?? "";
    this.shape = spec.shape;
    this.gpus = spec.gpus;
    this.costs = spec.costs;
    this.startMs = world.trace.startMs;
  }

  pushIdle(slot: number, face: NodeFace): void {
    this.idleSlots.push(slot);
    this.idle.push(face);
  }

  /** The node that became idle last; -1: none. */
  popIdle(): number {
    this.idle.pop();
    return this.idleSlots.pop() ?? -1;
  }

  removeIdle(index: number): void {
    this.idleSlots.splice(index, 1);
    this.idle.splice(index, 1);
  }
}
