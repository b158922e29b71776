import { leastBilledSeconds } from "../../timeline/nodes.ts";
import type { RunOptions, SimulatedPolicy } from "../options.ts";
import type { World } from "../world/world.ts";
import { EventQueue } from "./event-queue.ts";
import { JobRuns } from "./job-runs.ts";
import { Launcher } from "./launcher.ts";
import { Nodes, nodeStates } from "./nodes.ts";
import { PolicyListener } from "./policy-listener.ts";
import { SimulatedPool } from "./pool.ts";
import { TimelineSink } from "./timeline-sink.ts";

export interface StateOptions extends RunOptions {
  readonly isReplay?: boolean;
}

/** A simulation at a moment, and what is true whatever happens next: who pays for which second. */
export class State {
  readonly world: World;
  readonly policy: SimulatedPolicy;
  readonly pools: readonly SimulatedPool[];
  readonly nodes = new Nodes();
  readonly jobs: JobRuns;
  readonly queue = new EventQueue();
  readonly listener: PolicyListener;
  readonly launcher: Launcher;
  readonly sink: TimelineSink | undefined;
  /** Whether nodes for jobs are there at once and their boots and waits only charged: then nothing ever shifts. */
  readonly isReplay: boolean;
  now = 0;

  constructor(world: World, policy: SimulatedPolicy, { seed = 1, observe, isReplay = false }: StateOptions) {
    this.isReplay = isReplay;
    this.world = world;
    this.policy = policy;
    this.pools = world.pools.map((spec) => new SimulatedPool(spec, world));
    this.jobs = new JobRuns(world);
    this.listener = new PolicyListener(policy);
    this.launcher = new Launcher(world, policy.place, seed);
    this.sink = observe === undefined ? undefined : new TimelineSink(world, observe);
  }

  /** The pool with its clock set. */
  pool(id: number): SimulatedPool {
    const pool = this.pools[id];
    if (pool === undefined) throw new Error(`there is no pool ${id}`);
    pool.nowSeconds = this.now;
    return pool;
  }

  poolOfNode(slot: number): SimulatedPool {
    return this.pool(this.nodes.pool[slot] ?? 0);
  }

  /** Charges a node's time up to now to what it was doing; returns how long that was. */
  settle(slot: number, pool: SimulatedPool): number {
    const { nodes, now } = this;
    const seconds = now - (nodes.since[slot] ?? 0);
    nodes.since[slot] = now;
    const state = nodes.state[slot] ?? 0;
    if (state === nodeStates.busy) pool.busySeconds += seconds;
    else if (state === nodeStates.booting) pool.bootSeconds += seconds;
    else pool.idleSeconds += seconds;
    return seconds;
  }

  /** The node is given back, or taken away: its bill ends. */
  retire(slot: number, pool: SimulatedPool, reason: string): void {
    const { nodes, now } = this;
    const launchedAt = nodes.launchedAt[slot] ?? 0;
    const offer = pool.spec.offers[nodes.offer[slot] ?? 0];
    const seconds = Math.max(leastBilledSeconds, now - launchedAt);
    pool.usd += (seconds / 3600) * (offer?.usdPerHour ?? 0);
    this.sink?.nodeGone(this, slot, reason);
    nodes.free(slot);
  }
}
