import { DataAwsEksAddonVersion } from "@cdktn/provider-aws/lib/data-aws-eks-addon-version/index.js";
import { EksAddon } from "@cdktn/provider-aws/lib/eks-addon/index.js";
import type { EksCluster } from "@cdktn/provider-aws/lib/eks-cluster/index.js";
import type { EksNodeGroup } from "@cdktn/provider-aws/lib/eks-node-group/index.js";
import type { ITerraformDependable } from "cdktn";

import type { EksStack } from "./eks-inputs.ts";

interface Addon {
  readonly id: string;
  readonly name: string;
  /** Left in the cluster when it is removed from the state. */
  readonly preserve?: true;
  readonly serviceAccount?: string;
}

// Pods can have no address before the first is there, and no role before the second
const beforeNodes: readonly Addon[] = [
  { id: "vpc_cni", name: "vpc-cni", preserve: true },
  { id: "pod_identity_agent", name: "eks-pod-identity-agent" },
  { id: "kube_proxy", name: "kube-proxy" },
];
const afterNodes: readonly Addon[] = [
  { id: "coredns", name: "coredns" },
  { id: "ebs_csi", name: "aws-ebs-csi-driver", serviceAccount: "ebs-csi-controller-sa" },
];

/** Add-ons that nodes need to become ready. */
export function earlyAddons(module: EksStack, cluster: EksCluster): EksAddon[] {
  return beforeNodes.map((addon) => {
    const made = makeAddon(module, cluster, addon, []);
    return addon.preserve
      ? module.note(
          "Preserved: removed too early it would leave network interfaces behind that hold the subnets.",
          made,
        )
      : made;
  });
}

/** Add-ons that need nodes to become active. */
export function lateAddons(module: EksStack, cluster: EksCluster, nodes: EksNodeGroup): void {
  for (const addon of afterNodes) makeAddon(module, cluster, addon, [nodes]);
}

function makeAddon(module: EksStack, cluster: EksCluster, addon: Addon, dependsOn: ITerraformDependable[]): EksAddon {
  const { version } = new DataAwsEksAddonVersion(module, `addon_version.${addon.id}`, {
    addonName: addon.name,
    kubernetesVersion: cluster.version,
    mostRecent: true,
  });
  return new EksAddon(module, `addon.${addon.id}`, {
    clusterName: cluster.name,
    addonName: addon.name,
    addonVersion: version,
    resolveConflictsOnCreate: "NONE",
    resolveConflictsOnUpdate: "OVERWRITE",
    ...(addon.preserve && { preserve: true }),
    ...(addon.serviceAccount && {
      podIdentityAssociation: [{ serviceAccount: addon.serviceAccount, roleArn: module.var.ebsCsiRoleArn }],
      // The volumes it makes are nobody's in the state: their tags tell whose they are
      configurationValues: module.expression("jsonencode({ controller = { extraVolumeTags = var.tags } })"),
    }),
    ...(dependsOn.length > 0 && { dependsOn }),
  });
}
