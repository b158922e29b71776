import { isApiError, type ObjectApi } from "../../../cluster/api.ts";
import type { EC2NodeClass, Node } from "../../../cluster/objects.ts";
import { Failure } from "../../../kernel/failure.ts";
import { kinds } from "../../../lifecycle/kinds.ts";
import { gpusOfNode } from "../../../lifecycle/node-facts.ts";
import type { Step } from "../../../lifecycle/step.ts";
import type { TargetRun } from "../../../lifecycle/target.ts";
import type { Environment } from "../../../spec/environment.ts";
import { devicePlugin } from "./device-plugin.ts";
import { missingRights, poolRights, watchingRights } from "./rights.ts";

export interface AccessOptions {
  readonly environment: Environment;
  readonly run: TargetRun;
  readonly connect: () => Promise<ObjectApi>;
  readonly isRehearsed: () => boolean;
  /** Keeps which cluster it is, for later commands. */
  readonly remember: (api: ObjectApi) => Promise<void>;
}

/** Makes nothing: finds out whether the cluster answers and lets this user work. What is there is left as it is. */
export function accessStep(options: AccessOptions): Step {
  return {
    name: "access",
    phase: "deploy",
    title: "access to the cluster",
    observe: async () => "absent",
    async ensure() {
      const api = await options.connect();
      const problems = await accessProblems(api, options.environment);
      if (problems.length > 0) throw notAllowed(problems);
      await options.remember(api);
      await warnings(api, options);
    },
    undo: async () => {},
  };
}

/** Why an environment cannot be deployed there, one sentence each. */
export async function accessProblems(api: ObjectApi, environment: Environment): Promise<string[]> {
  const { nodeClass } = environment.kubernetes;
  if (nodeClass === undefined) return missingRights(api, watchingRights);
  const problems = await missingRights(api, [...watchingRights, ...poolRights]);
  const found = await nodeClassOf(api, environment);
  if (found === undefined) {
    const missing = `there is no EC2NodeClass ${nodeClass} in the cluster; kubectl get ec2nodeclasses lists those there are`;
    return [...problems, missing];
  }
  const plugin = wantsGpus(environment) ? await devicePlugin(api, environment, found) : "unknown";
  return typeof plugin === "string" ? problems : [...problems, plugin.keptOut];
}

async function nodeClassOf(api: ObjectApi, { kubernetes }: Environment): Promise<EC2NodeClass | undefined> {
  const { nodeClass: name } = kubernetes;
  if (name === undefined) return undefined;
  return api.read<EC2NodeClass>({ ...kinds.nodeClass, metadata: { name } }).catch((error: unknown) => {
    if (isApiError(error, 404) || isApiError(error, 403)) return undefined;
    throw error;
  });
}

function wantsGpus({ pools }: Environment): boolean {
  return pools.some(({ gpu }) => gpu);
}

/** What may keep jobs waiting, or mislead who reads the report: told, for an autoscaler may know better. */
async function warnings(api: ObjectApi, { environment, run, isRehearsed }: AccessOptions): Promise<void> {
  const warn = (reason: string, message: string) =>
    run.observe({ type: "event", level: "Warning", kind: "Cluster", name: environment.name, reason, message });
  if (isRehearsed()) await warn("Rehearsed", "the cluster is a rehearsal: its nodes and prices are not real");
  if (!wantsGpus(environment)) return;
  const nodeClass = await nodeClassOf(api, environment);
  if (nodeClass !== undefined) {
    const isMissing = !isRehearsed() && (await devicePlugin(api, environment, nodeClass)) === "not found";
    if (isMissing)
      await warn("NoDevicePlugin", "no NVIDIA device plugin is found: without one no node offers its GPUs to a job");
  } else if (!(await api.list<Node>(kinds.node)).items.some((node) => gpusOfNode(node) > 0)) {
    await warn(
      "NoGpuNode",
      "no node has GPUs now: a job that asks for one waits until the cluster's autoscaler adds one",
    );
  }
}

function notAllowed(problems: readonly string[]): Failure {
  return new Failure("NOT_READY", "the environment cannot be deployed in this cluster", {
    problems,
    fix: "docs/guide/kubernetes.md has the roles to apply",
  });
}
