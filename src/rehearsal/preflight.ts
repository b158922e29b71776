import type { Job } from "../cluster/objects.ts";
import type { Environment } from "../spec/environment.ts";
import { chooseRuntime } from "./kubelet/choose-runtime.ts";
import { engineFinder } from "./kubelet/container-engine.ts";
import { placementProblems, podOf } from "./placement.ts";

/**
 * Why jobs could never run in a rehearsal of this environment, found before anything is started: no pool's greatest
 * node takes a pod of it, or nothing may run its containers. One sentence a problem.
 */
export async function jobProblems(
  environment: Environment,
  jobs: readonly Job[],
  hostEnv: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  return [...placementProblems(environment, jobs), ...(await runtimeProblems(environment, jobs, hostEnv))];
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
