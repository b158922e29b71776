import { expect, it } from "vitest";

import { resourcesOf, statementsOf, terraformOf } from "./documents.ts";

const { module, root } = terraformOf();
const iam = module("IAM");
const resources = Object.fromEntries(resourcesOf(iam));
const statementOf = (name: string) => statementsOf(iam).find(({ policy }) => policy === name)?.statement;

it("makes no role where there is no bucket", () => {
  expect(iam.variable.outputs_bucket.default).toBe("");
  for (const kind of ["aws_iam_role", "aws_iam_policy", "aws_iam_role_policy_attachment"])
    expect(resources[`${kind}.outputs`].count).toBe('${var.outputs_bucket != "" ? 1 : 0}');
  expect(iam.output.outputs_role_arn.value).toBe('${join("", aws_iam_role.outputs[*].arn)}');
});

it("lets jobs write below their environment's prefix only", () => {
  expect(statementOf("outputs")).toEqual({
    sid: "AllowWritingOutputs",
    actions: ["s3:PutObject", "s3:AbortMultipartUpload"],
    resources: ["arn:${data.aws_partition.current.partition}:s3:::${var.outputs_bucket}/outputs/${var.environment}/*"],
  });
  expect(root.module.iam.environment).toBe("${var.environment}");
});

it("trusts the one service account of every namespace", () => {
  expect(statementOf("outputs_irsa_trust").condition).toEqual([
    { test: "StringLike", variable: "${var.oidc_issuer}:sub", values: ["system:serviceaccount:*:aura-outputs"] },
    { test: "StringEquals", variable: "${var.oidc_issuer}:aud", values: ["sts.amazonaws.com"] },
  ]);
  expect(resources["aws_eks_pod_identity_association.outputs"]).toMatchObject({
    for_each: '${toset(var.identity == "pod-identity" && var.outputs_bucket != "" ? var.outputs_namespaces : [])}',
    namespace: "${each.value}",
    service_account: "aura-outputs",
  });
});
