import { CloudwatchLogGroup } from "@cdktn/provider-aws/lib/cloudwatch-log-group/index.js";
import { EksCluster } from "@cdktn/provider-aws/lib/eks-cluster/index.js";

import { clusterAccess } from "./eks-access.ts";
import { earlyAddons, lateAddons } from "./eks-addons.ts";
import { secretsKey } from "./eks-key.ts";
import { systemNodes } from "./eks-nodes.ts";
import { securityGroups } from "./eks-security-groups.ts";
import { count, flag, text, textMap, textSet, texts } from "./inputs.ts";
import { ModuleStack } from "./module-stack.ts";

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

export type EksReferences = EksModule["var"];

/** The cluster: control plane, access, add-ons and the nodes that Karpenter itself runs on. */
export class EksModule extends ModuleStack<typeof eksInputs> {
  constructor() {
    super(
      "EKS",
      "The cluster: control plane, access entries, add-ons, security groups and the system node group.",
      eksInputs,
    );
    const groups = securityGroups(this);
    const cluster = this.cluster(groups.clusterId);
    const early = earlyAddons(this, cluster);
    const nodes = systemNodes(this, cluster, groups.nodeId, early);
    lateAddons(this, cluster, nodes);
    clusterAccess(this, cluster);
    this.describe(cluster);
  }

  private cluster(securityGroupId: string): EksCluster {
    const logs = new CloudwatchLogGroup(this, "log_group.cluster", {
      name: `/aws/eks/${this.var.clusterName}/cluster`,
      retentionInDays: this.var.logRetentionDays,
    });
    this.note("Made before the cluster: one that EKS makes itself is kept for ever and belongs to nobody.", logs);
    const cluster = new EksCluster(this, "cluster.this", {
      name: this.var.clusterName,
      version: this.var.kubernetesVersion,
      roleArn: this.var.clusterRoleArn,
      bootstrapSelfManagedAddons: false,
      deletionProtection: false,
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      upgradePolicy: { supportType: "STANDARD" },
      vpcConfig: {
        subnetIds: this.var.controlPlaneSubnetIds,
        securityGroupIds: [securityGroupId],
        // Without a range AWS would open it to everybody
        endpointPublicAccess: this.expression("var.public_endpoint && length(var.public_access_cidrs) > 0"),
        endpointPrivateAccess: this.var.privateEndpoint,
        publicAccessCidrs: this.expression("length(var.public_access_cidrs) > 0 ? var.public_access_cidrs : null"),
      },
      timeouts: { create: "30m", update: "60m", delete: "30m" },
      dependsOn: [logs],
    });
    secretsKey(this, cluster);
    return cluster;
  }

  private describe(cluster: EksCluster): void {
    this.output("clusterName", cluster.name, "Name of the cluster, known once it can be used.");
    this.output("clusterArn", cluster.arn, "ARN of the cluster.");
    this.output("clusterEndpoint", cluster.endpoint, "URL of the Kubernetes API.");
    this.output(
      "clusterCa",
      "${aws_eks_cluster.this.certificate_authority[0].data}",
      "Certificate authority of the API, base64.",
    );
    this.output("oidcIssuer", "${aws_eks_cluster.this.identity[0].oidc[0].issuer}", "URL of the OIDC issuer.");
    const primary = "${aws_eks_cluster.this.vpc_config[0].cluster_security_group_id}";
    this.output("primarySecurityGroupId", primary, "Security group that EKS made for the cluster.");
  }
}
