import { join } from "node:path";

import type { ObjectApi } from "../../../cluster/api.ts";
import { isApiError } from "../../../cluster/api.ts";
import { chosenContext, kubeconfigPaths, loadKubeconfig } from "../../../cluster/kubeconfig.ts";
import { Failure } from "../../../kernel/failure.ts";
import { readText, writeAtomic } from "../../../kernel/files.ts";
import type { Environment } from "../../../spec/environment.ts";
import type { Context } from "../../context.ts";

/** Which cluster an environment is deployed in. */
export interface ClusterRecord {
  readonly paths: readonly string[];
  readonly context: string;
  readonly server: string;
  /** Of the namespace kube-system, which is as old as its cluster; absent where this user may not read it. */
  readonly uid?: string;
}

/** A cluster, and where kubectl puts there what names no namespace: as the kubeconfig says now. */
export interface KubeCluster {
  readonly record: ClusterRecord;
  readonly namespace: string;
}

/**
 * The cluster that an environment lives in: the one it was deployed in, whatever the kubeconfig's current context is by
 * now, or the one that its settings name. Fails with USAGE when the context is about another server than it was.
 */
export async function clusterOf(context: Context, environment: Environment, directory: string): Promise<KubeCluster> {
  const recorded = await readRecord(directory);
  const { kubeconfig, context: wanted } = environment.kubernetes;
  const paths =
    recorded?.paths ?? kubeconfigPaths({ kubeconfig, directory: environment.directory, env: context.process.env });
  const chosen = chosenContext(await loadKubeconfig({ paths, context: recorded?.context ?? wanted }));
  if (recorded !== undefined && recorded.server !== chosen.server)
    throw anotherServer(environment, recorded, chosen.server);
  const record = recorded ?? { paths, context: chosen.context, server: chosen.server };
  return { record, namespace: chosen.namespace };
}

/** Remembers in which cluster an environment is, before anything is made there. */
export async function writeRecord(directory: string, record: ClusterRecord): Promise<void> {
  await writeAtomic(fileOf(directory), `${JSON.stringify(record, null, 2)}\n`);
}

/** Tells clusters apart by what does not change with an address. Undefined where this user may not know. */
export async function uidOf(api: ObjectApi): Promise<string | undefined> {
  try {
    return (await api.read({ apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } })).metadata.uid;
  } catch (error) {
    if (isApiError(error, 403) || isApiError(error, 404)) return undefined;
    throw error;
  }
}

/** Fails with USAGE when another cluster answers where the environment was deployed. */
export function refuseAnother(environment: Environment, record: ClusterRecord, uid: string | undefined): void {
  if (record.uid === undefined || uid === undefined || uid === record.uid) return;
  throw new Failure("USAGE", `another cluster answers at ${record.server} than ${environment.name} is deployed in`, {
    where: `context ${record.context}`,
    why: "the cluster was made anew since: what the environment had in it is gone with the old one",
    fix: `rm -r ${join(".aura", environment.name)} forgets the environment, its report stays`,
  });
}

async function readRecord(directory: string): Promise<ClusterRecord | undefined> {
  const text = await readText(fileOf(directory));
  return text === undefined ? undefined : (JSON.parse(text) as ClusterRecord);
}

function fileOf(directory: string): string {
  return join(directory, "cluster.json");
}

function anotherServer({ name }: Environment, { context, server, paths }: ClusterRecord, now: string): Failure {
  return new Failure("USAGE", `${name} is deployed at ${server}, but context ${context} is about ${now} now`, {
    where: paths.join(", "),
    fix: "put the context right, then run this again",
  });
}
