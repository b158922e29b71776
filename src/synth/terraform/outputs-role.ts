import { EksPodIdentityAssociation } from "@cdktn/provider-aws/lib/eks-pod-identity-association/index.js";
import { IamPolicy } from "@cdktn/provider-aws/lib/iam-policy/index.js";
import { IamRole } from "@cdktn/provider-aws/lib/iam-role/index.js";
import { IamRolePolicyAttachment } from "@cdktn/provider-aws/lib/iam-role-policy-attachment/index.js";

import { outputsAccount } from "../../spec/outputs.ts";
import type { IamStack } from "./iam-inputs.ts";
import { permissionsBoundary, podIdentity, policyDocument, type Statement } from "./policies.ts";

/**
 * The role by which jobs bring their outputs to the bucket, if there is one: they may write below the environment's own
 * prefix, and neither read nor list nor delete. Any namespace's service account of that name may take it on.
 */
export function outputsRole(stack: IamStack, { partition }: { readonly partition: string }): void {
  const { clusterName, oidcIssuer, oidcProviderArn, outputsBucket, environment } = stack.var;
  const count = stack.when('var.outputs_bucket != ""');
  const irsa: Statement = {
    sid: "AllowServiceAccounts",
    actions: ["sts:AssumeRoleWithWebIdentity"],
    resources: [],
    federated: oidcProviderArn,
    conditions: [
      ["StringLike", `${oidcIssuer}:sub`, `system:serviceaccount:*:${outputsAccount}`],
      ["StringEquals", `${oidcIssuer}:aud`, "sts.amazonaws.com"],
    ],
  };
  const write: Statement = {
    sid: "AllowWritingOutputs",
    actions: ["s3:PutObject", "s3:AbortMultipartUpload"],
    resources: [`arn:${partition}:s3:::${outputsBucket}/outputs/${environment}/*`],
  };
  policyDocument(stack, "outputs_irsa_trust", [irsa]);
  policyDocument(stack, "outputs_pod_identity_trust", [podIdentity]);
  const json = (how: string) => `data.aws_iam_policy_document.outputs_${how}_trust.json`;
  const role = new IamRole(stack, "role.outputs", {
    count,
    name: `${clusterName}-outputs`,
    description: `Service account ${outputsAccount} of every namespace`,
    assumeRolePolicy: `\${var.identity == "irsa" ? ${json("irsa")} : ${json("pod_identity")}}`,
    permissionsBoundary,
    forceDetachPolicies: true,
  });
  stack.note("Where jobs' outputs have a bucket to go to.", role);
  new IamPolicy(stack, "policy.outputs", {
    count,
    name: `AuraOutputsPolicy-${clusterName}`,
    policy: policyDocument(stack, "outputs", [write]),
  });
  new IamRolePolicyAttachment(stack, "attachment.outputs", {
    count,
    role: stack.expression("aws_iam_role.outputs[0].name"),
    policyArn: stack.expression("aws_iam_policy.outputs[0].arn"),
  });
  const association = new EksPodIdentityAssociation(stack, "association.outputs", {
    clusterName,
    namespace: stack.expression("each.value"),
    serviceAccount: outputsAccount,
    roleArn: stack.expression("aws_iam_role.outputs[0].arn"),
  });
  association.addOverride(
    "for_each",
    '${toset(var.identity == "pod-identity" && var.outputs_bucket != "" ? var.outputs_namespaces : [])}',
  );
  stack.output(
    "outputsRoleArn",
    stack.expression('join("", aws_iam_role.outputs[*].arn)'),
    "Role of jobs' outputs; empty where they have no bucket.",
  );
}
