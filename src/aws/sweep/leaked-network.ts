import type { AwsClients } from "../clients.ts";
import { describeCluster } from "../eks/cluster.ts";
import { inventory } from "./inventory.ts";
import { networkInterfaces } from "./kinds/network-interfaces.ts";
import { securityGroups } from "./kinds/security-groups.ts";
import { type Removal, type RemovalOptions, removeRemains } from "./remove.ts";
import type { SweepScope } from "./scope.ts";

/**
 * Removes what makes a destroy hang: interfaces that the VPC CNI left behind unused, and once the cluster is gone the
 * security group that EKS made for it. For before a destroy and between two tries of it.
 */
export async function sweepNetworkInterfaces(
  clients: AwsClients,
  scope: SweepScope,
  options: RemovalOptions,
): Promise<Removal> {
  const { signal } = options;
  const { found } = await inventory(clients, scope, { signal, kinds: [networkInterfaces, securityGroups] });
  // While there is a cluster its nodes reach it by that group's rules
  const isGone = (await describeCluster(clients, scope.cluster)) === undefined;
  const leaked = found.filter(
    ({ kind, name }) => kind === networkInterfaces.name || (isGone && name.startsWith("eks-cluster-sg-")),
  );
  return removeRemains(clients, leaked, options);
}
