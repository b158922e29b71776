import { DataAwsCallerIdentity } from "@cdktn/provider-aws/lib/data-aws-caller-identity/index.js";
import { DataAwsPartition } from "@cdktn/provider-aws/lib/data-aws-partition/index.js";
import { DataAwsRegion } from "@cdktn/provider-aws/lib/data-aws-region/index.js";
import { IamRole } from "@cdktn/provider-aws/lib/iam-role/index.js";

import { deployPolicies } from "./deploy-policies.ts";
import { permissionsBoundaryArn, text, texts } from "./inputs.ts";
import { ModuleStack } from "./module-stack.ts";
import { attachPolicy, policyDocument } from "./policies.ts";

const issuer = "token.actions.githubusercontent.com";
// A destroy alone can take three quarters of an hour
const sessionSeconds = 7200;

const githubInputs = {
  clusterName: text("Name of the cluster that the workflow makes and removes."),
  stateBucket: text("Bucket of Terraform's state and of what jobs bring home."),
  environment: text("Name of the environment: what is tagged with it may be removed."),
  githubProviderArn: text("ARN of the account's OIDC provider of GitHub Actions."),
  githubSubjects: texts("The workflow's `sub` claims, in the form with ids and in that without."),
  githubRepositoryId: text("The repository's id, which stays when it is renamed."),
  permissionsBoundaryArn,
};

/** The role's name. Not one that begins with the cluster's: those the workflow may change, and not its own. */
export function workflowRoleName(cluster: string): string {
  return `AuraWorkflow-${cluster}`;
}

/**
 * The role a GitHub workflow takes on with its own token, without any stored secret. Beside the environment and not in
 * it: who destroys an environment must not lose its own rights halfway. The repository's id is asked for beside the
 * `sub` claim: a name can be given up and taken by somebody else.
 */
export class GithubModule extends ModuleStack<typeof githubInputs> {
  constructor() {
    super(
      "GITHUB",
      "The role by which a GitHub workflow deploys and destroys one environment. Applied once, by a person.",
      githubInputs,
      "IAM/github",
    );
    const { accountId: account } = new DataAwsCallerIdentity(this, "caller_identity.current", {});
    const { partition } = new DataAwsPartition(this, "partition.current", {});
    const { region } = new DataAwsRegion(this, "region.current", {});
    const role = this.role();
    const { clusterName: cluster, stateBucket: bucket, environment } = this.var;
    const policies = deployPolicies({ partition, region, account, cluster, bucket, environment, role: role.arn });
    for (const [name, statements] of Object.entries(policies)) {
      const own = { id: `github_${name.toLowerCase()}`, name: `${workflowRoleName(cluster)}-${name}` };
      attachPolicy(this, role, own, statements);
    }
  }

  private role(): IamRole {
    const assumeRolePolicy = policyDocument(this, "github_trust", [
      {
        sid: "AllowWorkflow",
        actions: ["sts:AssumeRoleWithWebIdentity"],
        resources: [],
        federated: this.var.githubProviderArn,
        conditions: [
          ["StringEquals", `${issuer}:aud`, "sts.amazonaws.com"],
          ["StringEquals", `${issuer}:repository_id`, this.var.githubRepositoryId],
          ["StringEquals", `${issuer}:sub`, ...this.var.githubSubjects],
        ],
      },
    ]);
    const role = new IamRole(this, "role.github", {
      name: workflowRoleName(this.var.clusterName),
      description: "GitHub Actions workflow that deploys, runs, collects and destroys",
      assumeRolePolicy,
      maxSessionDuration: sessionSeconds,
      forceDetachPolicies: true,
    });
    this.output("roleArn", role.arn, "Role of the workflow: the variable AWS_ROLE_ARN of the GitHub environment.");
    return role;
  }
}
