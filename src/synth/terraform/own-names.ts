import { nodeRoleName } from "../kubernetes/labels.ts";
import { karpenterPolicyName } from "./karpenter-policies.ts";

/** What the things of an environment are called that are told by their names. */
export interface OwnNames {
  readonly roles: readonly string[];
  readonly policies: readonly string[];
  /** Of the nodes, where Karpenter can make none itself. */
  readonly instanceProfile: string;
  readonly rules: readonly string[];
  readonly queue: string;
  readonly logGroups: readonly string[];
  readonly keyAlias: string;
}

/** The names that Terraform gives in a cluster's environment. A test holds them against the modules. */
export function ownNames(cluster: string): OwnNames {
  const policies = ["NodeLifecycle", "IAMIntegration", "EKSIntegration", "Interruption", "ZonalShift"];
  return {
    roles: [...roles.map((role) => `${cluster}-${role}`), nodeRoleName(cluster)],
    policies: [
      ...[...policies, "ResourceDiscovery"].map((name) => karpenterPolicyName(name, cluster)),
      `AuraControllerPolicy-${cluster}`,
      `AuraOutputsPolicy-${cluster}`,
    ],
    instanceProfile: nodeRoleName(cluster),
    rules: Object.keys(interruptionEvents).map((id) => ruleName(cluster, id)),
    queue: cluster,
    logGroups: [`/aws/eks/${cluster}/cluster`, `/aws/vpc/${cluster}-flow-logs`],
    keyAlias: `alias/eks/${cluster}`,
  };
}

const roles = ["cluster", "system-node", "ebs-csi", "karpenter", "controller", "outputs", "flow-logs"];

/** The events Karpenter reacts to (v1.14): what the rule is called, and where the event comes from. */
export const interruptionEvents: Readonly<Record<string, { readonly source: string; readonly type: string }>> = {
  health: { source: "aws.health", type: "AWS Health Event" },
  spot_interruption: { source: "aws.ec2", type: "EC2 Spot Instance Interruption Warning" },
  rebalance: { source: "aws.ec2", type: "EC2 Instance Rebalance Recommendation" },
  state_change: { source: "aws.ec2", type: "EC2 Instance State-change Notification" },
  capacity_reservation: { source: "aws.ec2", type: "EC2 Capacity Reservation Instance Interruption Warning" },
};

/** What the rule of an event is called in a cluster. */
export function ruleName(cluster: string, id: string): string {
  return `${cluster}-${id.replaceAll("_", "-")}`;
}
