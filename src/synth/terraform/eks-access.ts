import { DataAwsIamSessionContext } from "@cdktn/provider-aws/lib/data-aws-iam-session-context/index.js";
import { Ec2Tag } from "@cdktn/provider-aws/lib/ec2-tag/index.js";
import { EksAccessEntry } from "@cdktn/provider-aws/lib/eks-access-entry/index.js";
import { EksAccessPolicyAssociation } from "@cdktn/provider-aws/lib/eks-access-policy-association/index.js";
import type { EksCluster } from "@cdktn/provider-aws/lib/eks-cluster/index.js";
import { TerraformIterator } from "cdktn";

import type { EksStack } from "./eks-inputs.ts";

const adminPolicy =
  "arn:${data.aws_partition.current.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

/** Administrators, by access entries alone: whoever applied first, and those that were named. */
export function clusterAccess(module: EksStack, cluster: EksCluster): void {
  const caller = new DataAwsIamSessionContext(module, "session_context.caller", {
    arn: "${data.aws_caller_identity.current.arn}",
  });
  const deployer = new EksAccessEntry(module, "access_entry.deployer", {
    clusterName: cluster.name,
    principalArn: caller.issuerArn,
    lifecycle: { ignoreChanges: ["principal_arn"] },
  });
  module.note(
    "Who deployed, as a role and not as a session. Kept when another role applies: it may be the one that destroys.",
    deployer,
  );
  associate(module, "deployer", cluster, deployer.principalArn);
  const admin = new EksAccessEntry(module, "access_entry.admin", {
    clusterName: cluster.name,
    principalArn: "${each.value}",
  });
  // Whoever has the deployer's entry needs no second one, and EKS takes one for each principal
  admin.addOverride(
    "for_each",
    "${setsubtract(var.admin_principal_arns, [aws_eks_access_entry.deployer.principal_arn])}",
  );
  const association = associate(module, "admin", cluster, "${each.value.principal_arn}");
  association.addOverride("for_each", "${aws_eks_access_entry.admin}");
  const tag = new Ec2Tag(module, "tag.primary_security_group", {
    forEach: TerraformIterator.fromMap(module.var.tags),
    resourceId: "${aws_eks_cluster.this.vpc_config[0].cluster_security_group_id}",
    key: "${each.key}",
    value: "${each.value}",
  });
  module.note("EKS makes this group itself, without tags: a sweep would not know whose it is.", tag);
}

function associate(module: EksStack, id: string, cluster: EksCluster, principalArn: string) {
  return new EksAccessPolicyAssociation(module, `access_policy.${id}`, {
    clusterName: cluster.name,
    principalArn,
    policyArn: adminPolicy,
    accessScope: { type: "cluster" },
  });
}
