import { EksAccessEntry } from "@cdktn/provider-aws/lib/eks-access-entry/index.js";
import { EksAccessPolicyAssociation } from "@cdktn/provider-aws/lib/eks-access-policy-association/index.js";
import { IamPolicy } from "@cdktn/provider-aws/lib/iam-policy/index.js";
import { IamRole } from "@cdktn/provider-aws/lib/iam-role/index.js";
import { IamRolePolicyAttachment } from "@cdktn/provider-aws/lib/iam-role-policy-attachment/index.js";

import { type DeployScope, deployPolicies } from "./deploy-policies.ts";
import type { IamStack } from "./iam-inputs.ts";
import { policyDocument } from "./policies.ts";

const issuer = "token.actions.githubusercontent.com";
// A destroy alone can take three quarters of an hour
const sessionSeconds = 7200;

/**
 * The role a GitHub workflow takes on with its own token, without any stored secret, where the account knows GitHub.
 * The repository's id is asked for beside the `sub` claim: a name can be given up and taken by somebody else.
 */
export function githubRole(module: IamStack, scope: DeployScope): void {
  const count = module.when('var.github_provider_arn != ""');
  const trust = policyDocument(module, "github_trust", [
    {
      sid: "AllowWorkflow",
      actions: ["sts:AssumeRoleWithWebIdentity"],
      resources: [],
      federated: "${var.github_provider_arn}",
      conditions: [
        ["StringEquals", `${issuer}:aud`, "sts.amazonaws.com"],
        ["StringEquals", `${issuer}:repository_id`, "${var.github_repository_id}"],
        ["StringEquals", `${issuer}:sub`, ...module.var.githubSubjects],
      ],
    },
  ]);
  new IamRole(module, "role.github", {
    count,
    name: `${module.var.clusterName}-workflow`,
    description: "GitHub Actions workflow that deploys, runs, collects and destroys",
    assumeRolePolicy: trust,
    maxSessionDuration: sessionSeconds,
    forceDetachPolicies: true,
  });
  const role = "${aws_iam_role.github[0].name}";
  for (const [name, statements] of Object.entries(deployPolicies(scope))) {
    const id = `github_${name.toLowerCase()}`;
    new IamPolicy(module, `policy.${id}`, {
      count,
      name: `AuraWorkflow${name}Policy-${module.var.clusterName}`,
      policy: policyDocument(module, id, statements),
    });
    new IamRolePolicyAttachment(module, `attachment.${id}`, {
      count,
      role,
      policyArn: `\${aws_iam_policy.${id}[0].arn}`,
    });
  }
  clusterAdministrator(module, count);
  module.output(
    "githubRoleArn",
    "${one(aws_iam_role.github[*].arn)}",
    "Role of the GitHub workflow, or null without one.",
  );
}

function clusterAdministrator(module: IamStack, count: number): void {
  const principalArn = "${aws_iam_role.github[0].arn}";
  const entry = new EksAccessEntry(module, "access_entry.github", {
    count,
    clusterName: module.var.clusterName,
    principalArn,
  });
  new EksAccessPolicyAssociation(module, "access_policy.github", {
    count,
    clusterName: module.var.clusterName,
    principalArn,
    policyArn: "arn:${data.aws_partition.current.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
    accessScope: { type: "cluster" },
    dependsOn: [entry],
  });
}
