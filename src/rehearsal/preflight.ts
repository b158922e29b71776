import { offerings } from "../catalog/offerings.ts";
import type { Job, Pod } from "../cluster/objects.ts";
import { provision } from "../planner/provision.ts";
import { reasonsText } from "../planner/reasons.ts";
import type { PlanPool } from "../planner/types.ts";
import type { Environment } from "../spec/environment.ts";
import { nodeClasses } from "../synth/kubernetes/node-classes.ts";
import { nodePools } from "../synth/kubernetes/node-pools.ts";
import { planPod, planPool, rootVolumeBytes } from "./controllers/convert.ts";
import { daemonOverhead } from "./controllers/provisioner.ts";
import { chooseRuntime } from "./kubelet/choose-runtime.ts";
import { engineFinder } from "./kubelet/container-engine.ts";

/**
 * Why jobs could never run in a rehearsal of this environment, found before anything is started: no pool's greatest
 * node takes a pod of it, or nothing may run its containers. One sentence a problem.
 */
export async function jobProblems(
  environment: Environment,
  jobs: readonly Job[],
  hostEnv: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  const pools = planPools(environment);
  const choices = offerings({
    region: environment.region,
    zones: environment.zones,
    families: environment.pools.flatMap(({ families }) => families),
  });
  const fits = jobs.flatMap((job) => {
    const pods = [planPod(podOf(job))];
    const input = { pods, nodes: [], pools, offerings: choices, unavailable: () => false, daemonOverhead };
    return provision(input).unschedulable.map(({ reasons }) => `job ${job.metadata.name}: ${reasonsText(reasons)}`);
  });
  return [...fits, ...(await runtimeProblems(environment, jobs, hostEnv))];
}

function planPools(environment: Environment): PlanPool[] {
  const classes = new Map(nodeClasses(environment).map((one) => [one.metadata.name, one]));
  return nodePools(environment).map((pool) => {
    const nodeClass = classes.get(pool.spec.template.spec.nodeClassRef.name);
    return planPool(pool, {}, rootVolumeBytes(nodeClass?.spec.blockDeviceMappings));
  });
}

/** A pod as the job would make it, so far as placing and running it goes. */
function podOf(job: Job): Pod {
  const { metadata, spec } = job.spec?.template ?? {};
  const { name = "", namespace = "default" } = job.metadata;
  return { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, name, namespace }, ...(spec && { spec }) } as Pod;
}

async function runtimeProblems(
  { rehearsal }: Environment,
  jobs: readonly Job[],
  hostEnv: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  const findEngine = engineFinder(hostEnv);
  const problems = jobs.map(async (job) => {
    const { annotations } = podOf(job).metadata;
    const choice = await chooseRuntime({ annotations, runtime: rehearsal.runtime, findEngine });
    return choice.kind === "refused" ? [`job ${job.metadata.name}: ${choice.message}`] : [];
  });
  return (await Promise.all(problems)).flat();
}
