import { instanceType } from "../../catalog/instance-types.ts";
import type { Core } from "../core/core.ts";
import { find } from "../core/refs.ts";
import { type FleetOptions, type SimulatedEc2, simulatedEc2 } from "../ec2/fleet.ts";
import { startBudgets } from "./budget.ts";
import { startDeployments } from "./deployment.ts";
import { type NodeDeps, nominations, recorders } from "./deps.ts";
import { startDisruption } from "./disruption.ts";
import { startInterruption } from "./interruption.ts";
import { startJobs } from "./job.ts";
import { startNodeHealth } from "./node-health.ts";
import { systemNode } from "./node-object.ts";
import { startNodeClaims } from "./nodeclaim.ts";
import { startPodGc } from "./pod-end.ts";
import { podIndex } from "./pod-index.ts";
import { startPoolStatus } from "./pool-status.ts";
import { startProvisioner } from "./provisioner.ts";
import { startReplicaSets } from "./replicaset.ts";
import { startScheduler } from "./scheduler.ts";
import { startTaintEviction } from "./taint-eviction.ts";
import { startTermination } from "./termination.ts";

/** The cluster, and EC2 below it. */
export interface ControllersOptions extends FleetOptions {
  readonly core: Core;
  /** One spot node is interrupted this long after it began to run a pod. */
  readonly interruptSpotAfterMs?: number;
  /** Told of what a controller threw, which is a bug; it tries again. */
  readonly onError?: (where: string, error: unknown) => void;
}

export interface Controllers {
  readonly fleet: SimulatedEc2;
  stop(): void;
}

const systemType = "m7i.large";

/**
 * Starts what works in a cluster besides its API and kubelets: the controllers of Kubernetes, the scheduler, Karpenter,
 * and the EC2 below it. The managed node that Karpenter runs on is there at once.
 */
export function startControllers(options: ControllersOptions): Controllers {
  const { core, clock, region, offerings } = options;
  const fleet = simulatedEc2(options);
  const type = instanceType(systemType);
  const zone = offerings[0]?.zone ?? `${region}a`;
  if (type !== undefined && find(core, "Node", "system") === undefined) {
    core.create(systemNode(type, zone, region, clock.now()), { fieldManager: "kubelet" });
  }
  const pods = podIndex(core);
  const deps: NodeDeps = {
    core,
    clock,
    pods,
    fleet,
    faults: options.faults,
    nominations: nominations(clock),
    events: recorders(core, clock),
    onError: options.onError ?? (() => {}),
  };
  const stops = [
    startJobs(deps),
    startDeployments(deps),
    startReplicaSets(deps),
    startBudgets(deps),
    startScheduler(deps),
    startPodGc(deps),
    startNodeHealth(deps),
    startTaintEviction(deps),
    startProvisioner(deps),
    startNodeClaims(deps),
    startTermination(deps),
    startDisruption(deps),
    startInterruption(deps, options.interruptSpotAfterMs),
    startPoolStatus(deps),
  ];
  return {
    fleet,
    stop() {
      for (const stop of stops) stop();
      fleet.stop();
      pods.stop();
    },
  };
}
