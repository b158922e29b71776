import type { EksAddon } from "@cdktn/provider-aws/lib/eks-addon/index.js";
import type { EksCluster } from "@cdktn/provider-aws/lib/eks-cluster/index.js";
import { EksNodeGroup } from "@cdktn/provider-aws/lib/eks-node-group/index.js";
import { LaunchTemplate } from "@cdktn/provider-aws/lib/launch-template/index.js";

import type { EksStack } from "./eks-inputs.ts";

/** The nodes that Karpenter and CoreDNS run on: Karpenter must not run on what it may terminate. */
export function systemNodes(
  module: EksStack,
  cluster: EksCluster,
  securityGroupId: string,
  after: EksAddon[],
): EksNodeGroup {
  const template = launchTemplate(module, securityGroupId);
  const nodes = new EksNodeGroup(module, "node_group.system", {
    clusterName: cluster.name,
    nodeGroupName: "system",
    version: cluster.version,
    nodeRoleArn: module.var.systemNodeRoleArn,
    subnetIds: module.var.nodeSubnetIds,
    amiType: "AL2023_x86_64_STANDARD",
    instanceTypes: module.var.systemInstanceTypes,
    launchTemplate: { id: template.id, version: "${aws_launch_template.system.latest_version}" },
    scalingConfig: {
      minSize: module.var.systemNodeCount,
      desiredSize: module.var.systemNodeCount,
      maxSize: module.expression("var.system_node_count + 1"),
    },
    labels: { "aura.dev/role": "system" },
    taint: [{ key: "CriticalAddonsOnly", value: "true", effect: "NO_SCHEDULE" }],
    updateConfig: { maxUnavailable: 1 },
    lifecycle: { ignoreChanges: ["scaling_config[0].desired_size"] },
    dependsOn: after,
  });
  return module.note(
    "Tainted: jobs get nodes from Karpenter. Its chart, CoreDNS and the CSI driver tolerate this taint as they are.",
    nodes,
  );
}

function launchTemplate(module: EksStack, securityGroupId: string): LaunchTemplate {
  const tagged = ["instance", "volume", "network-interface"];
  return new LaunchTemplate(module, "launch_template.system", {
    name: `${module.var.clusterName}-system`,
    updateDefaultVersion: true,
    vpcSecurityGroupIds: [securityGroupId],
    metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    blockDeviceMappings: [
      {
        deviceName: "/dev/xvda",
        ebs: { volumeType: "gp3", volumeSize: 30, encrypted: "true", deleteOnTermination: "true" },
      },
    ],
    tagSpecifications: tagged.map((resourceType) => ({
      resourceType,
      tags: module.expression('merge(var.tags, { Name = format("%s-system", var.cluster_name) })'),
    })),
  });
}
