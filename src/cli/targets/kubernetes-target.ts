import { delimiter, join } from "node:path";

import { isApiError, type ObjectApi } from "../../cluster/api.ts";
import { connectCluster } from "../../cluster/connect.ts";
import { kubeconfigPaths } from "../../cluster/kubeconfig.ts";
import type { Job, Pod } from "../../cluster/objects.ts";
import { fetchLogOutputs } from "../../cluster/outputs/fetch-log-outputs.ts";
import { clusterUsage } from "../../cluster/usage/cluster-usage.ts";
import { karpenterMetrics } from "../../cluster/usage/karpenter-metrics.ts";
import { Failure } from "../../kernel/failure.ts";
import { removeTree } from "../../kernel/files.ts";
import { listNames } from "../../lifecycle/destroy.ts";
import { kinds } from "../../lifecycle/kinds.ts";
import { runLabel } from "../../lifecycle/labels.ts";
import { logPath } from "../../lifecycle/log-runs.ts";
import { environmentPaths } from "../../lifecycle/paths.ts";
import { scopeOf } from "../../lifecycle/scope.ts";
import type { RunFacts, Target } from "../../lifecycle/target.ts";
import type { Environment } from "../../spec/environment.ts";
import { outputsContainer } from "../../spec/outputs.ts";
import { sharedPools } from "../../synth/kubernetes/node-pools.ts";
import { prepareJob } from "../../synth/kubernetes/prepare-job.ts";
import { outputsProblems } from "../../synth/kubernetes/prepare-job-checks.ts";
import type { Context } from "../context.ts";
import { catalogSources } from "./catalog-sources.ts";
import { clusterLink } from "./cluster-link.ts";
import { accessProblems, accessStep } from "./kubernetes/access-step.ts";
import { catalogPrice } from "./kubernetes/catalog-prices.ts";
import { clusterOf, refuseAnother, uidOf, writeRecord } from "./kubernetes/cluster-record.ts";
import { jobRights, missingRights } from "./kubernetes/rights.ts";

/**
 * A cluster that somebody already has, with Karpenter or whatever else gives it nodes. Jobs run in it beside those of
 * others; what is not the environment's own is never changed.
 */
export function kubernetesTarget(context: Context, environment: Environment): Target {
  const { clock } = context;
  const { nodeClass, kubeconfig } = environment.kubernetes;
  const directory = environmentPaths(environment.directory, environment.name).target;
  const link = clusterLink(clock, async () => {
    const { record } = await clusterOf(context, environment, directory);
    const api = await connectCluster(record);
    refuseAnother(environment, record, record.uid === undefined ? undefined : await uidOf(api));
    return api;
  });
  const remember = async (api: ObjectApi) => {
    const uid = await uidOf(api);
    const { record } = await clusterOf(context, environment, directory);
    await writeRecord(directory, { ...record, ...(uid !== undefined && { uid }) });
  };
  // whose use is measured: the run that this command works on
  let run: string | undefined;
  const { isRehearsed } = link;
  const connect = () => link.connect().catch(refusal);

  return {
    name: "kubernetes",
    scope: "run",
    kubeconfig: kubeconfigPaths({ kubeconfig, directory: environment.directory, env: context.process.env }).join(
      delimiter,
    ),
    speed: 1,
    simulated: [],
    // its control plane and its other nodes cost whether a run uses them or not
    charges: [],
    estimates: [],
    namespace: async () => (await clusterOf(context, environment, directory)).namespace,
    preflight: async (jobs) => {
      const api = await connect();
      return [...(await accessProblems(api, environment)), ...(await jobProblems(api, jobs)), ...outputsProblems(jobs)];
    },
    steps: (current) => {
      run = current.run;
      return [accessStep({ environment, run: current, connect, isRehearsed, remember })];
    },
    objects: (facts) => (nodeClass === undefined ? [] : sharedPools(environment, nodeClass, { [runLabel]: facts.run })),
    prepare: (job, facts) => {
      run = facts.run;
      return prepared(environment, job, facts);
    },
    nodePrice: catalogPrice,
    prices: async () => catalogSources(environment),
    connect,
    now: link.now,
    usage: clusterUsage({
      api: link.current,
      clock,
      pods: async (api) =>
        run === undefined ? [] : (await api.list<Pod>({ ...kinds.pod, labelSelector: `${runLabel}=${run}` })).items,
    }),
    fetchOutputs: (pod, to) =>
      fetchLogOutputs(link.current(), pod, { directory: to, copy: join(to, "..", "..", outputsLog(pod)) }),
    async metrics(to) {
      const api = link.current();
      return api === undefined ? [] : karpenterMetrics(api, to, clock);
    },
    // what the cluster has forgotten is nowhere else
    remains: async () => [],
    async *keptLog() {},
    provesAbsence: false,
    leftovers: async (facts) => findLeftovers(await connect(), environment, facts),
    forget: () => removeTree(directory),
  };
}

function refusal(error: unknown): never {
  const isRefused = isApiError(error, 401) || isApiError(error, 403);
  if (!isRefused) throw error;
  throw new Failure("CLUSTER_UNREACHABLE", "the cluster does not admit the kubeconfig's user", {
    why: "its credentials are wrong, or they have expired",
    fix: "kubectl auth whoami tells; log in again as the cluster's provider has it",
    cause: error,
  });
}

function prepared(environment: Environment, job: Job, { run }: RunFacts): Job {
  return prepareJob(job, {
    environment: environment.name,
    run,
    timeoutMs: environment.timeoutMs,
    outputs: { mode: "log" },
    sharedCluster: environment.kubernetes.nodeClass !== undefined,
  });
}

/** Where the log that carries a pod's outputs is followed into, below the report's folder. */
function outputsLog(pod: Pod): string {
  return logPath({ pod, container: outputsContainer, restart: 0 });
}

async function jobProblems(api: ObjectApi, jobs: readonly Job[]): Promise<string[]> {
  const namespaces = [...new Set(jobs.map(({ metadata }) => metadata.namespace ?? "default"))];
  const problems = await Promise.all(
    namespaces.map(async (namespace) => {
      if (await isMissing(api, namespace))
        return [`there is no namespace ${namespace}: kubectl create namespace ${namespace}`];
      return missingRights(api, jobRights(namespace));
    }),
  );
  return problems.flat();
}

/** Not when this user may not know. */
async function isMissing(api: ObjectApi, namespace: string): Promise<boolean> {
  try {
    await api.read({ ...kinds.namespace, metadata: { name: namespace } });
    return false;
  } catch (error) {
    if (isApiError(error, 403)) return false;
    if (isApiError(error, 404)) return true;
    throw error;
  }
}

async function findLeftovers(api: ObjectApi, environment: Environment, { run }: RunFacts) {
  const { jobs, pods, nodeClaims, pools } = scopeOf({ name: "kubernetes", scope: "run" }, environment.name, run);
  const found = await Promise.all([
    listNames(api, { ...kinds.job, ...jobs }),
    listNames(api, { ...kinds.pod, ...pods }),
    listNames(api, { ...kinds.nodeClaim, ...nodeClaims }),
    listNames(api, { ...kinds.nodePool, ...pools }),
  ]);
  return { checked: ["pods of the run"], found: found.flat() };
}
