import type { AwsClients } from "../../../aws/clients.ts";
import { ownCidr } from "../../../aws/eks/address.ts";
import { describeCluster, type EksCluster } from "../../../aws/eks/cluster.ts";
import { isCovered, openEndpoint } from "../../../aws/eks/endpoint-access.ts";
import { writeEksKubeconfig } from "../../../aws/eks/kubeconfig.ts";
import { environmentKey } from "../../../aws/sweep/scope.ts";
import { isApiError } from "../../../cluster/api.ts";
import { connectCluster } from "../../../cluster/connect.ts";
import { Failure, messageOf } from "../../../kernel/failure.ts";
import type { Environment } from "../../../spec/environment.ts";
import { clusterName } from "../../../synth/kubernetes/labels.ts";
import type { Context } from "../../context.ts";
import { stopped } from "../../interrupt.ts";
import { type ClusterLink, clusterLink } from "../cluster-link.ts";
import type { AwsPlace } from "./place.ts";

export interface EksConnectionOptions {
  readonly context: Context;
  readonly environment: Environment;
  readonly clients: AwsClients;
  readonly place: AwsPlace;
  /** Refuses a wrong account before its cluster is looked at. */
  readonly account: () => Promise<string>;
  /** Told of what takes long. */
  readonly tell: (message: string) => void;
}

/**
 * The environment's EKS cluster, reached from this machine: its endpoint lets it in, its kubeconfig is written. Whatever
 * is in the way of that is CLUSTER_UNREACHABLE, for a destroy goes on without the cluster, but not without credentials.
 */
export function eksConnection(options: EksConnectionOptions): ClusterLink {
  const { context, place } = options;
  const link = clusterLink(context.clock, async () => {
    const cluster = await aliveCluster(options);
    await letIn(options, cluster);
    const api = await connectCluster(place.kubeconfig);
    // its version is told to everybody
    await api.read({ apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } });
    return api;
  });
  return {
    ...link,
    connect: () =>
      link.connect().catch((error: unknown) => {
        if (isApiError(error, 401) || isApiError(error, 403)) throw notAdmitted(options, error);
        throw error;
      }),
  };
}

async function aliveCluster({ context, environment, clients, place, account }: EksConnectionOptions) {
  await account();
  const name = clusterName(environment);
  const cluster = await describeCluster(clients, name);
  if (cluster === undefined) throw unreachable(`there is no cluster ${name} in ${environment.region}`);
  // everything in it would be taken for the environment's, and taken down
  if (cluster.tags[environmentKey] !== environment.name) throw unreachable(`the cluster ${name} is somebody else's`);
  const { status, endpoint, certificateAuthority } = cluster;
  if (endpoint === undefined || certificateAuthority === undefined || status === "DELETING" || status === "FAILED") {
    throw unreachable(`the cluster ${name} is ${status}`);
  }
  const { profile } = environment.aws;
  const { program } = context;
  const { region } = environment;
  await writeEksKubeconfig(place.kubeconfig, {
    cluster: name,
    region,
    profile,
    endpoint,
    certificateAuthority,
    program,
  });
  return cluster;
}

/** Where nobody tells this machine's address, the cluster may let it in all the same. */
async function letIn({ context, clients, tell }: EksConnectionOptions, cluster: EksCluster): Promise<void> {
  if (!cluster.publicEndpoint) return;
  const own = await ownCidr(context.process.env).catch(() => undefined);
  if (own === undefined || isCovered(own, cluster.publicCidrs)) return;
  tell(`EKS is asked to let ${own} reach ${cluster.name}, and takes minutes for it`);
  const controller = new AbortController();
  const release = context.onSignal((signal) => controller.abort(stopped(signal)));
  try {
    await openEndpoint(clients, cluster, own, { clock: context.clock, signal: controller.signal });
  } catch (error) {
    if (controller.signal.aborted || isFailure(error, "AWS_CREDENTIALS")) throw error;
    throw unreachable(`the cluster ${cluster.name} does not let ${own} in: ${messageOf(error)}`);
  } finally {
    release();
  }
}

function isFailure(error: unknown, code: Failure["code"]): boolean {
  return error instanceof Failure && error.code === code;
}

function unreachable(message: string): Failure {
  return new Failure("CLUSTER_UNREACHABLE", message, { fix: "aura up makes it, aura down removes what there is" });
}

function notAdmitted({ environment }: EksConnectionOptions, cause: unknown): Failure {
  return new Failure(
    "CLUSTER_UNREACHABLE",
    `the cluster ${clusterName(environment)} does not admit these credentials`,
    {
      why: "EKS lets in who deployed it, and whom cluster.adminPrincipals in aura.yaml names",
      fix: "use the credentials that deployed it, or add their role to cluster.adminPrincipals and run aura up there",
      cause,
    },
  );
}
