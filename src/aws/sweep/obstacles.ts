import { ownNames } from "../../synth/terraform/own-names.ts";
import type { AwsClients } from "../clients.ts";
import { describeCluster } from "../eks/cluster.ts";
import { inventory } from "./inventory.ts";
import type { Kind, Remain } from "./kind.ts";
import { classicLoadBalancers } from "./kinds/classic-load-balancers.ts";
import { instanceProfiles } from "./kinds/instance-profiles.ts";
import { loadBalancers } from "./kinds/load-balancers.ts";
import { networkInterfaces } from "./kinds/network-interfaces.ts";
import { securityGroups } from "./kinds/security-groups.ts";
import { targetGroups } from "./kinds/target-groups.ts";
import { type Removal, type RemovalOptions, removeRemains } from "./remove.ts";
import type { SweepScope } from "./scope.ts";

/** Terraform makes none of these. */
const madeInCluster: readonly Kind[] = [loadBalancers, classicLoadBalancers, targetGroups, networkInterfaces];

/**
 * Removes what is not Terraform's and makes its destroy hang or fail: interfaces that the VPC CNI left behind unused,
 * what load balancer controllers and Karpenter did not live to remove, and once the cluster is gone the security group
 * that EKS made for it. For before a destroy and between two tries of it, when nothing works in the cluster any more.
 */
export async function sweepObstacles(
  clients: AwsClients,
  scope: SweepScope,
  options: RemovalOptions,
): Promise<Removal> {
  const kinds = [...madeInCluster, securityGroups, instanceProfiles];
  const { found } = await inventory(clients, scope, { signal: options.signal, kinds });
  // While there is a cluster its nodes reach it by that group's rules
  const isGone = (await describeCluster(clients, scope.cluster)) === undefined;
  const inTheWay = found.filter(
    (remain) =>
      madeInCluster.some(({ name }) => name === remain.kind) ||
      isControllers(remain) ||
      (isGone && remain.name.startsWith("eks-cluster-sg-")) ||
      // Karpenter's are in a path of their own
      (remain.kind === instanceProfiles.name && remain.name !== ownNames(scope.cluster).instanceProfile),
  );
  return removeRemains(clients, inTheWay, options);
}

/** A security group that a controller of load balancers made. */
function isControllers({ kind, evidence }: Remain): boolean {
  const marks = /^(elbv2\.k8s\.aws|(service|ingress)\.k8s\.aws|kubernetes\.io\/service-name)/;
  return kind === securityGroups.name && evidence.some((one) => marks.test(one));
}
