import { CloudwatchLogGroup } from "@cdktn/provider-aws/lib/cloudwatch-log-group/index.js";
import { EksCluster } from "@cdktn/provider-aws/lib/eks-cluster/index.js";
import type { ITerraformDependable } from "cdktn";

import { clusterAccess } from "./eks-access.ts";
import { earlyAddons, lateAddons } from "./eks-addons.ts";
import { eksInputs } from "./eks-inputs.ts";
import { secretsKey } from "./eks-key.ts";
import { systemNodes } from "./eks-nodes.ts";
import { securityGroups } from "./eks-security-groups.ts";
import { ModuleStack } from "./module-stack.ts";

const ranges = "concat(var.public_access_cidrs, var.private_endpoint ? [] : var.nat_cidrs)";

/** The cluster: control plane, access, add-ons and the nodes that Karpenter itself runs on. */
export class EksModule extends ModuleStack<typeof eksInputs> {
  constructor() {
    super(
      "EKS",
      "The cluster: control plane, access entries, add-ons, security groups and the system node group.",
      eksInputs,
    );
    const groups = securityGroups(this);
    const cluster = this.cluster(groups.clusterId, groups.rules);
    const early = earlyAddons(this, cluster);
    const nodes = systemNodes(this, cluster, groups.nodeId, early);
    lateAddons(this, cluster, nodes);
    clusterAccess(this, cluster);
    this.describe(cluster);
  }

  private cluster(securityGroupId: string, rules: ITerraformDependable[]): EksCluster {
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
        // Without a range AWS would open it to everybody; without the private endpoint nodes come by the public one
        endpointPublicAccess: this.expression(`var.public_endpoint && length(${ranges}) > 0`),
        endpointPrivateAccess: this.var.privateEndpoint,
        publicAccessCidrs: this.expression(`length(${ranges}) > 0 ? ${ranges} : null`),
      },
      timeouts: { create: "30m", update: "60m", delete: "30m" },
      // Nodes come after the cluster: the rules are there before the first and until the last of them
      dependsOn: [logs, ...rules],
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
