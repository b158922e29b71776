import type { CapacityType } from "../../kernel/vocabulary.ts";
import type { NodeState, Observation, PodState, TimelineEntry } from "../../timeline/entries.ts";
import type { World } from "../world/world.ts";
import type { JobRuns } from "./job-runs.ts";
import type { Nodes } from "./nodes.ts";
import type { SimulatedPool } from "./pool.ts";

/** What of a simulation is told. */
export interface TimelineScene {
  readonly now: number;
  readonly nodes: Nodes;
  readonly jobs: JobRuns;
  readonly pools: readonly SimulatedPool[];
  readonly world: World;
}

const namespace = "simulated";

/** Tells a simulation as a timeline: what a cluster would have told, with the simulated time for both clocks. */
export class TimelineSink {
  readonly #world: World;
  readonly #observe: (entry: TimelineEntry) => void;

  constructor(world: World, observe: (entry: TimelineEntry) => void) {
    this.#world = world;
    this.#observe = observe;
  }

  begins(policy: string): void {
    const { trace, region, notes } = this.#world;
    const simulated = [`jobs, nodes and the time between: simulated from ${trace.name}`, ...notes];
    const run = {
      run: policy,
      environment: trace.name,
      target: "simulation",
      region,
      version: "",
      speed: 1,
      simulated,
    };
    this.#say(0, { type: "run", ...run });
    this.#say(0, { type: "phase", phase: "run", state: "started" });
  }

  ends(at: number): void {
    this.#say(at, { type: "phase", phase: "run", state: "succeeded" });
  }

  nodeLaunched(scene: TimelineScene, slot: number): void {
    this.#node(scene, slot, "requested");
    this.#node(scene, slot, "launched");
  }

  nodeReady(scene: TimelineScene, slot: number): void {
    this.#node(scene, slot, "registered");
    this.#node(scene, slot, "ready");
  }

  nodeGone(scene: TimelineScene, slot: number, reason: string): void {
    this.#node(scene, slot, "gone", reason);
  }

  jobSubmitted(scene: TimelineScene, row: number): void {
    this.#say(scene.now, { type: "job", namespace, name: jobName(row), state: "submitted", gpus: this.#gpus(row) });
    this.#pods(scene, row, "created");
  }

  jobWaits({ now }: TimelineScene, row: number, pool: SimulatedPool): void {
    const reason = `no node of ${pool.shape} is free: ${pool.busy} busy, ${pool.booting} on their way`;
    this.#say(now, { type: "wait", namespace, pod: podName(row, 0), reason });
  }

  jobStarted(scene: TimelineScene, row: number): void {
    this.#pods(scene, row, "scheduled");
    this.#pods(scene, row, "running");
  }

  jobEnded(scene: TimelineScene, row: number): void {
    this.#pods(scene, row, "succeeded");
    this.#say(scene.now, { type: "job", namespace, name: jobName(row), state: "succeeded", gpus: this.#gpus(row) });
  }

  jobInterrupted(scene: TimelineScene, row: number): void {
    this.#pods(scene, row, "failed");
  }

  #pods(scene: TimelineScene, row: number, podState: PodState): void {
    const nodes = nodesOf(scene, row);
    const { jobs } = this.#world;
    for (let pod = 0; pod < (jobs.nodes[row] ?? 1); pod += 1) {
      const node = nodes[pod];
      this.#say(scene.now, {
        type: "pod",
        namespace,
        name: podName(row, pod),
        uid: `${podName(row, pod)}-${podState === "created" ? 1 : (scene.jobs.run[row] ?? 0)}`,
        job: jobName(row),
        state: podState,
        ...(node !== undefined && { node }),
        ...(podState === "succeeded" && { exitCode: 0 }),
        requests: { cpuMillis: jobs.cpuMillis[row] ?? 0, memoryMib: jobs.memoryMib[row] ?? 0, gpus: this.#gpus(row) },
      });
    }
  }

  #node({ nodes, pools, now }: TimelineScene, slot: number, nodeState: NodeState, reason?: string): void {
    const pool = pools[nodes.pool[slot] ?? 0];
    const offer = pool?.spec.offers[nodes.offer[slot] ?? 0];
    if (pool === undefined || offer === undefined) return;
    const name = nodeName(nodes.faces[slot]?.node ?? 0);
    const { capacityType, zone, usdPerHour, instanceType } = offer;
    const onDemand = onDemandOf(pool, instanceType.name, capacityType, usdPerHour);
    this.#say(now, {
      type: "node",
      name,
      node: name,
      state: nodeState,
      pool: `${pool.tenant}/${pool.shape}`,
      instanceType: instanceType.name,
      capacityType,
      zone,
      gpus: instanceType.gpu?.count ?? 0,
      ...(instanceType.gpu && { gpu: instanceType.gpu.name }),
      usdPerHour,
      onDemandUsdPerHour: onDemand,
      priceEstimated: offer.source.estimate,
      ...(reason !== undefined && { reason }),
    });
  }

  #gpus(row: number): number {
    const { trace, jobs } = this.#world;
    return (trace.jobs.gpus[row] ?? 0) / Math.max(1, jobs.nodes[row] ?? 1);
  }

  #say(seconds: number, observation: Observation): void {
    const at = Math.round(this.#world.trace.startMs + 1000 * seconds);
    this.#observe({ at, wall: at, ...observation });
  }
}

function onDemandOf({ spec }: SimulatedPool, type: string, capacityType: CapacityType, usdPerHour: number): number {
  if (capacityType === "on-demand") return usdPerHour;
  const same = spec.offers.find((offer) => offer.instanceType.name === type && offer.capacityType === "on-demand");
  return same?.usdPerHour ?? usdPerHour;
}

function nodesOf({ jobs, nodes, pools, world }: TimelineScene, row: number): string[] {
  const names: string[] = [];
  const isShared = pools[world.jobs.pool[row] ?? 0]?.spec.isShared === true;
  for (let slot = jobs.head[row] ?? -1; slot !== -1; slot = isShared ? -1 : (nodes.next[slot] ?? -1)) {
    names.push(nodeName(nodes.faces[slot]?.node ?? 0));
  }
  return names;
}

function nodeName(number: number): string {
  return `node-${number}`;
}

/** Jobs are called by their rows in the trace, from 0. */
function jobName(row: number): string {
  return `job-${row}`;
}

function podName(row: number, pod: number): string {
  return `${jobName(row)}-${pod}`;
}
