import { clusterName } from "../../synth/kubernetes/labels.ts";
import { type Account, isOwn } from "./account.ts";
import type { Finding } from "./finding.ts";

/** Whether the name of the cluster is free, or the cluster of that name this environment's own. */
export async function clusterFindings(account: Account): Promise<Finding[]> {
  const { environment } = account;
  const name = clusterName(environment);
  const cluster = await account.cluster();
  const at = { group: "account", check: "cluster", value: cluster?.status ?? "none" };
  if (cluster === undefined) return [{ ...at, status: "ok", says: `the name ${name} is free` }];
  if (isOwn(cluster, environment)) {
    return [{ ...at, status: "ok", says: `${name} is there already, and this environment's (${cluster.status})` }];
  }
  return [
    {
      ...at,
      status: "problem",
      says: `${name} is there already, and its tags do not say that Aura made it for ${environment.name}`,
      needed: `managed-by=aura, aura:environment=${environment.name}`,
      why: "Aura never touches a cluster that somebody else made",
      fix: `another name: in aura.yaml, or look: aws eks describe-cluster --name ${name} --region ${environment.region}`,
    },
  ];
}
