import { type Cluster, DescribeClusterCommand } from "@aws-sdk/client-eks";

import type { Environment } from "../../spec/environment.ts";
import { clusterName } from "../../synth/kubernetes/labels.ts";
import type { AwsClients } from "../clients.ts";
import { isMissing } from "../errors.ts";
import { type Offered, offeredTypes } from "./offered.ts";
import { type Quota, readQuota } from "./quota.ts";
import { type UsedVcpus, usedVcpus } from "./used-vcpus.ts";

/** What several checks ask of the account: each is asked once. */
export interface Account {
  readonly environment: Environment;
  readonly clients: AwsClients;
  /** The cluster of the environment's name; undefined where there is none. */
  readonly cluster: () => Promise<Cluster | undefined>;
  readonly offered: () => Promise<Offered>;
  /** By others: what the environment itself has stays its own. */
  readonly used: () => Promise<UsedVcpus>;
  readonly quota: (service: string, code: string) => Promise<Quota | undefined>;
}

export function accountOf(clients: AwsClients, environment: Environment): Account {
  const quotas = new Map<string, Promise<Quota | undefined>>();
  return {
    environment,
    clients,
    cluster: once(() => findCluster(clients, environment)),
    offered: once(() => offeredTypes(clients.ec2, environment)),
    used: once(() => usedVcpus(clients.ec2, environment)),
    quota: (service, code) => {
      const asked = quotas.get(code) ?? readQuota(clients.quotas, service, code);
      quotas.set(code, asked);
      return asked;
    },
  };
}

/** Whether a cluster was made by Aura for this environment. */
export function isOwn(cluster: Cluster | undefined, { name }: { readonly name: string }): boolean {
  const tags = cluster?.tags ?? {};
  return tags["managed-by"] === "aura" && tags["aura:environment"] === name;
}

async function findCluster({ eks }: AwsClients, environment: Environment): Promise<Cluster | undefined> {
  try {
    return (await eks.send(new DescribeClusterCommand({ name: clusterName(environment) }))).cluster;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}
