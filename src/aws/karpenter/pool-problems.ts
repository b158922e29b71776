import { type Condition, conditionOf, type KubeObject } from "../../cluster/objects.ts";

/** A NodePool or EC2NodeClass as the cluster has it. */
export interface Conditioned extends KubeObject {
  readonly status?: { readonly conditions?: Condition[] };
}

/** Whether Karpenter says that it can work with a NodePool or EC2NodeClass as it is now. */
export function isReady(object: Conditioned): boolean {
  const { status, observedGeneration } = conditionOf(object, "Ready") ?? {};
  return (
    status === "True" && (observedGeneration === undefined || observedGeneration >= (object.metadata.generation ?? 0))
  );
}

/** Why a NodePool or EC2NodeClass is not ready, in plain words; empty where it is. */
export function readinessProblems(object: Conditioned): string[] {
  if (isReady(object)) return [];
  const name = `${object.kind} ${object.metadata.name}`;
  const { conditions = [] } = object.status ?? {};
  if (conditions.length === 0) return [`${name}: Karpenter has not looked at it yet`];
  const failing = conditions.filter(({ type, status }) => status !== "True" && type !== "NodeRegistrationHealthy");
  // Ready only sums up, and a check that waits for others says nothing of its own
  const causes = failing.filter(({ type, reason }) => type !== "Ready" && reason !== "DependenciesNotReady");
  const told = causes.length > 0 ? causes : failing;
  return told.map((condition) => `${name}: ${plainWords(condition)}`);
}

function plainWords({ type, reason = "", message = "" }: Condition): string {
  const means = meanings[reason] ?? meanings[type];
  const said = message === "" ? reason : message;
  return means === undefined ? `${type} is not met: ${said}` : `${means}${said === "" ? "" : ` (${said})`}`;
}

const permission = (action: string) =>
  `Karpenter's role may not call ${action}: a policy of it is missing, or a boundary or service control policy forbids it`;

// by reason, then by type of condition (EC2NodeClass v1, NodePool v1; Karpenter 1.14)
const meanings: Readonly<Record<string, string>> = {
  CreateFleetAuthCheckFailed: permission("ec2:CreateFleet"),
  CreateLaunchTemplateAuthCheckFailed: permission("ec2:CreateLaunchTemplate"),
  RunInstancesAuthCheckFailed: permission("ec2:RunInstances"),
  InstanceProfileNotFound: "the nodes' instance profile is not there: Terraform makes it where network.nat is none",
  TagValidationFailed: "a tag of it is one that only Karpenter may set",
  UserDataSizeLimitExceeded: "its user data is too long",
  ClusterCIDRResolutionFailed: "Karpenter cannot ask EKS about the cluster: its role may not call eks:DescribeCluster",
  UnsupportedAlias: "the AMI alias is not one for this Kubernetes version",
  NodeClassNotFound: "its EC2NodeClass does not exist",
  NodeClassTerminating: "its EC2NodeClass is being deleted",
  SubnetsReady: "no subnet carries its tag karpenter.sh/discovery: the network is another one's, or not there",
  SecurityGroupsReady: "no security group carries its tag karpenter.sh/discovery",
  AMIsReady: "no image is found by its alias: this release has none for the region or the Kubernetes version",
  InstanceProfileReady:
    "the nodes' instance profile cannot be made: their role does not exist, or Karpenter may not pass it",
  NodeClassReady: "its EC2NodeClass is not ready",
};
