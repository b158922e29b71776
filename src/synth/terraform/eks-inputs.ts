import { count, flag, text, textMap, textSet, texts } from "./inputs.ts";
import type { ModuleStack } from "./module-stack.ts";

export const eksInputs = {
  clusterName: text("Name of the cluster."),
  kubernetesVersion: text("Kubernetes version of the control plane, such as `1.36`."),
  vpcId: text("The VPC."),
  controlPlaneSubnetIds: texts("Subnets of the control plane's interfaces, in two zones at least."),
  nodeSubnetIds: texts("Subnets of the system nodes."),
  clusterRoleArn: text("Role of the control plane."),
  systemNodeRoleArn: text("Role of the system nodes."),
  ebsCsiRoleArn: text("Role of the EBS CSI driver."),
  publicEndpoint: flag("Whether the API can be reached from outside of the VPC.", true),
  privateEndpoint: flag("Whether the API can be reached from within the VPC.", true),
  publicAccessCidrs: texts("Ranges that may reach the public endpoint. Empty: it stays closed."),
  natCidrs: texts(
    "Addresses that nodes have on the internet: without a private endpoint they reach the API from there.",
    [],
  ),
  adminPrincipalArns: textSet("Roles and users that administer the cluster, beside whoever applies this.", []),
  kms: flag("Whether secrets are encrypted with a key of the account's own, instead of AWS's.", false),
  logRetentionDays: count("How many days the control plane's logs are kept.", 7),
  systemInstanceTypes: texts("Instance types of the system nodes: they run Karpenter and CoreDNS, no jobs."),
  systemNodeCount: count("How many system nodes there are.", 2),
  tags: textMap(
    "Tags for what the provider's default tags do not reach: instances, volumes, EKS's own security group.",
    {},
  ),
};

/** The module, as the files that its parts are in see it. */
export type EksStack = ModuleStack<typeof eksInputs>;
