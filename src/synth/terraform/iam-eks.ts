import { DataAwsPartition } from "@cdktn/provider-aws/lib/data-aws-partition/index.js";

import { permissionsBoundaryArn, text } from "./inputs.ts";
import { ModuleStack } from "./module-stack.ts";
import { podIdentity, policyDocument, roleWith, type Statement, trustedService } from "./policies.ts";

export const iamEksInputs = {
  clusterName: text("Name of the cluster; the roles' names begin with it."),
  permissionsBoundaryArn,
};

/** What the nodes of the system node group may do: join, pull images, have addresses, be reached by Session Manager. */
export const nodePolicies = [
  "AmazonEKSWorkerNodePolicy",
  "AmazonEC2ContainerRegistryPullOnly",
  "AmazonEKS_CNI_Policy",
  "AmazonSSMManagedInstanceCore",
];

/** The roles that EKS needs before there is a cluster. */
export class IamEksModule extends ModuleStack<typeof iamEksInputs> {
  constructor() {
    super("IAM_EKS", "Roles of the EKS control plane, of the system nodes and of the EBS CSI driver.", iamEksInputs);
    const { partition } = new DataAwsPartition(this, "partition.current", {});
    const role = (id: string, description: string, trust: Statement[], policies: string[]) => {
      const { role: made, attachments } = roleWith(
        this,
        id,
        {
          name: `${this.var.clusterName}-${id.replaceAll("_", "-")}`,
          description,
          trust: policyDocument(this, `${id}_trust`, trust),
          partition,
        },
        policies,
      );
      this.output(`${id}RoleArn`, made.arn, `ARN of the role: ${description}.`, attachments);
    };
    const controlPlane = trustedService("AllowControlPlane", "eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"]);
    role("cluster", "EKS control plane", [controlPlane], ["AmazonEKSClusterPolicy"]);
    role(
      "system_node",
      "Nodes of the system node group",
      [trustedService("AllowNodes", "ec2.amazonaws.com")],
      nodePolicies,
    );
    role("ebs_csi", "EBS CSI driver, by Pod Identity", [podIdentity], ["AmazonEBSCSIDriverPolicyV2"]);
  }
}
