import { offerings } from "../catalog/offerings.ts";
import type { Job, Pod } from "../cluster/objects.ts";
import { provision } from "../planner/provision.ts";
import { reasonsText } from "../planner/reasons.ts";
import type { PlanPool } from "../planner/types.ts";
import type { Environment } from "../spec/environment.ts";
import { nodeClasses } from "../synth/kubernetes/node-classes.ts";
import { nodePools } from "../synth/kubernetes/node-pools.ts";
import { nodeStorage, planPod, planPool } from "./controllers/convert.ts";
import { daemonOverhead } from "./controllers/provisioner.ts";

/** Why no node of the environment's pools could ever take a pod of a job, one sentence each. */
export function placementProblems(environment: Environment, jobs: readonly Job[]): string[] {
  const pools = planPools(environment);
  const choices = offerings({
    region: environment.region,
    zones: environment.zones,
    families: environment.pools.flatMap(({ families }) => families),
  });
  return jobs.flatMap((job) => {
    const pods = [planPod(podOf(job))];
    const input = { pods, nodes: [], pools, offerings: choices, unavailable: () => false, daemonOverhead };
    return provision(input).unschedulable.map(({ reasons }) => `job ${job.metadata.name}: ${reasonsText(reasons)}`);
  });
}

function planPools(environment: Environment): PlanPool[] {
  const classes = new Map(nodeClasses(environment).map((one) => [one.metadata.name, one]));
  return nodePools(environment).map((pool) => {
    const nodeClass = classes.get(pool.spec.template.spec.nodeClassRef.name);
    return planPool(pool, {}, nodeStorage(nodeClass?.spec));
  });
}

/** A pod as the job would make it, so far as placing and running it goes. */
export function podOf(job: Job): Pod {
  const { metadata, spec } = job.spec?.template ?? {};
  const { name = "", namespace = "default" } = job.metadata;
  return { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, name, namespace }, ...(spec && { spec }) } as Pod;
}
