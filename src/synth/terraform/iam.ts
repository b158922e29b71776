import { DataAwsCallerIdentity } from "@cdktn/provider-aws/lib/data-aws-caller-identity/index.js";
import { DataAwsPartition } from "@cdktn/provider-aws/lib/data-aws-partition/index.js";
import { DataAwsRegion } from "@cdktn/provider-aws/lib/data-aws-region/index.js";
import { EksAccessEntry } from "@cdktn/provider-aws/lib/eks-access-entry/index.js";
import { EksPodIdentityAssociation } from "@cdktn/provider-aws/lib/eks-pod-identity-association/index.js";
import { IamInstanceProfile } from "@cdktn/provider-aws/lib/iam-instance-profile/index.js";
import { IamRole } from "@cdktn/provider-aws/lib/iam-role/index.js";
import type { ITerraformDependable } from "cdktn";

import { nodeRoleName } from "../kubernetes/labels.ts";
import { controllerPolicy } from "./controller-policy.ts";
import { nodePolicies } from "./iam-eks.ts";
import { iamInputs } from "./iam-inputs.ts";
import { interruptionQueue } from "./interruption-queue.ts";
import { type KarpenterScope, karpenterPolicies, karpenterPolicyName } from "./karpenter-policies.ts";
import { ModuleStack } from "./module-stack.ts";
import { outputsRole } from "./outputs-role.ts";
import {
  attachPolicy,
  permissionsBoundary,
  podIdentity,
  policyDocument,
  roleWith,
  type Statement,
  trustedService,
} from "./policies.ts";

/** Who may take on a role: a service account, as its namespace and name. */
interface ServiceAccount {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
}

/** What Karpenter and Aura's controller may do, and the queue that warns of interruptions. */
export class IamModule extends ModuleStack<typeof iamInputs> {
  constructor() {
    super(
      "IAM",
      "Karpenter: its controller's role and six policies, its nodes' role, its interruption queue; and the roles of Aura's own controller and of jobs' outputs.",
      iamInputs,
    );
    const { accountId } = new DataAwsCallerIdentity(this, "caller_identity.current", {});
    const { partition } = new DataAwsPartition(this, "partition.current", {});
    const { region } = new DataAwsRegion(this, "region.current", {});
    const where = {
      partition,
      region,
      account: accountId,
      cluster: this.var.clusterName,
      clusterArn: this.var.clusterArn,
    };
    const queue = interruptionQueue(this);
    const nodeRole = this.nodeRole(partition, queue.policy);
    this.karpenter({ ...where, nodeRoleArn: nodeRole.arn, queueArn: queue.arn });
    this.controller(where);
    outputsRole(this, where);
  }

  private nodeRole(partition: string, later: ITerraformDependable): IamRole {
    const name = nodeRoleName(this.var.clusterName);
    const trust = policyDocument(this, "node_trust", [trustedService("AllowNodes", "ec2.amazonaws.com")]);
    const { role, attachments } = roleWith(
      this,
      "node",
      { name, description: "Nodes that Karpenter launches", trust, partition },
      nodePolicies,
    );
    const entry = new EksAccessEntry(this, "access_entry.node", {
      clusterName: this.var.clusterName,
      principalArn: role.arn,
      type: "EC2_LINUX",
      // EKS refuses a role that IAM has not spread yet: one more step lies between (as in terraform-aws-modules/eks)
      dependsOn: [...attachments, later],
    });
    this.note("Lets the nodes join. The type brings the groups with it: no policy is associated.", entry);
    const profile = new IamInstanceProfile(this, "instance_profile.node", {
      count: this.when("var.node_instance_profile"),
      name,
      role: role.name,
    });
    this.note("For a network without a way out: IAM has no endpoint there, so Karpenter cannot make one.", profile);
    this.output("nodeRoleName", role.name, "Role of the nodes that Karpenter launches, as EC2NodeClass names it.");
    this.output("nodeRoleArn", role.arn, "Its ARN.");
    return role;
  }

  private karpenter(scope: KarpenterScope): void {
    const role = this.serviceAccountRole({ id: "karpenter", namespace: "kube-system", name: "karpenter" });
    for (const [name, statements] of Object.entries(karpenterPolicies(scope))) {
      const id = `karpenter_${name}`.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
      attachPolicy(this, role, { id, name: karpenterPolicyName(name, this.var.clusterName) }, statements);
    }
    this.output("karpenterRoleArn", role.arn, "Role of Karpenter's controller.");
  }

  private controller(where: Parameters<typeof controllerPolicy>[0]): void {
    const role = this.serviceAccountRole({ id: "controller", namespace: "aura-system", name: "aura-controller" });
    const name = `AuraControllerPolicy-${this.var.clusterName}`;
    attachPolicy(this, role, { id: "controller_read", name }, controllerPolicy(where));
    this.output("controllerRoleArn", role.arn, "Role of Aura's own controller.");
  }

  /** A role that one service account takes on, in the one way or the other. */
  private serviceAccountRole({ id, namespace, name }: ServiceAccount): IamRole {
    const irsa: Statement = {
      sid: "AllowServiceAccount",
      actions: ["sts:AssumeRoleWithWebIdentity"],
      resources: [],
      federated: this.var.oidcProviderArn,
      conditions: [
        ["StringEquals", `${this.var.oidcIssuer}:sub`, `system:serviceaccount:${namespace}:${name}`],
        ["StringEquals", `${this.var.oidcIssuer}:aud`, "sts.amazonaws.com"],
      ],
    };
    policyDocument(this, `${id}_irsa_trust`, [irsa]);
    policyDocument(this, `${id}_pod_identity_trust`, [podIdentity]);
    const json = (how: string) => `data.aws_iam_policy_document.${id}_${how}_trust.json`;
    const role = new IamRole(this, `role.${id}`, {
      name: `${this.var.clusterName}-${id}`,
      description: `Service account ${namespace}/${name}`,
      assumeRolePolicy: `\${var.identity == "irsa" ? ${json("irsa")} : ${json("pod_identity")}}`,
      permissionsBoundary,
      forceDetachPolicies: true,
    });
    new EksPodIdentityAssociation(this, `association.${id}`, {
      count: this.when('var.identity == "pod-identity"'),
      clusterName: this.var.clusterName,
      namespace,
      serviceAccount: name,
      roleArn: role.arn,
    });
    return role;
  }
}
