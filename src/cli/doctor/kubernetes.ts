import { type Finding, findingsOf } from "../../aws/doctor/finding.ts";
import { type ClusterApi, isApiError } from "../../cluster/api.ts";
import { connectCluster } from "../../cluster/connect.ts";
import { Failure } from "../../kernel/failure.ts";
import { environmentPaths } from "../../lifecycle/paths.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Context } from "../context.ts";
import { accessProblems } from "../targets/kubernetes/access-step.ts";
import { type ClusterRecord, clusterOf } from "../targets/kubernetes/cluster-record.ts";
import { jobRights, missingRights } from "../targets/kubernetes/rights.ts";

const group = "cluster";

/** What work in somebody's cluster depends on: that it answers, and what this user may do in it. */
export async function kubernetesDoctor(context: Context, environment: Environment): Promise<readonly Finding[]> {
  const { directory, name } = environment;
  try {
    const { record, namespace } = await clusterOf(context, environment, environmentPaths(directory, name).target);
    const api = await connectCluster(record);
    const answer = await versionFinding(api);
    return [contextFinding(record), answer, ...(await insideFindings(api, environment, namespace))];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { why, fix = "kubectl config get-contexts; kubectl cluster-info" } = error.details;
    return [
      { group, check: "context", status: "problem", says: error.message, fix, ...(why !== undefined && { why }) },
    ];
  }
}

function contextFinding({ context, server }: ClusterRecord): Finding {
  return { group, check: "context", status: "ok", says: `${context} (${server})`, value: context };
}

async function versionFinding(api: ClusterApi): Promise<Finding> {
  const { gitVersion } = JSON.parse(await api.text("/version")) as { readonly gitVersion: string };
  return { group, check: "API server", status: "ok", says: `answers, ${gitVersion}`, value: gitVersion };
}

function insideFindings(api: ClusterApi, environment: Environment, namespace: string): Promise<readonly Finding[]> {
  return findingsOf([
    { group, check: "rights", look: async () => [await rightsFinding(api, environment, namespace)] },
    { group, check: "Karpenter", look: async () => [await karpenterFinding(api, environment)] },
  ]);
}

/** The server is asked; nothing is tried. Jobs that name other namespaces are asked about when they are run. */
async function rightsFinding(api: ClusterApi, environment: Environment, namespace: string): Promise<Finding> {
  const at = { group, check: "rights" };
  const problems = [...(await accessProblems(api, environment)), ...(await missingRights(api, jobRights(namespace)))];
  if (problems.length === 0) return { ...at, status: "ok", says: `this user may watch, and run jobs in ${namespace}` };
  const fix = "docs/guide/kubernetes.md has the roles to apply";
  return { ...at, status: "problem", says: problems.join("; "), fix };
}

async function karpenterFinding(api: ClusterApi, { kubernetes }: Environment): Promise<Finding> {
  const at = { group, check: "Karpenter", needed: "karpenter.sh/v1" };
  const found = await api.text("/apis/karpenter.sh/v1").catch((error: unknown) => {
    if (isApiError(error, 404)) return undefined;
    throw error;
  });
  if (found !== undefined) return { ...at, status: "ok", says: "serves karpenter.sh/v1", value: "karpenter.sh/v1" };
  const fix = "https://karpenter.sh/docs/getting-started, or leave kubernetes.nodeClass out of aura.yaml";
  if (kubernetes.nodeClass !== undefined) {
    return { ...at, status: "problem", says: "kubernetes.nodeClass asks for NodePools, and it is not there", fix };
  }
  const says = "not there: jobs get the nodes that there are, or that another autoscaler adds";
  return { ...at, status: "warning", says };
}
