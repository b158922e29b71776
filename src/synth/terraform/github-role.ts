import { DataAwsCallerIdentity } from "@cdktn/provider-aws/lib/data-aws-caller-identity/index.js";
import { DataAwsPartition } from "@cdktn/provider-aws/lib/data-aws-partition/index.js";
import { DataAwsRegion } from "@cdktn/provider-aws/lib/data-aws-region/index.js";
import { IamRole } from "@cdktn/provider-aws/lib/iam-role/index.js";

import { deployPolicies } from "./deploy-policies.ts";
import { permissionsBoundaryArn, text, texts } from "./inputs.ts";
import { ModuleStack } from "./module-stack.ts";
import { attachPolicy, policyDocument, type Statement } from "./policies.ts";
import { reaperPolicies } from "./reaper-policies.ts";

const issuer = "token.actions.githubusercontent.com";
// A destroy alone can take three quarters of an hour
const sessionSeconds = 7200;

const githubInputs = {
  clusterName: text("Name of the cluster that the workflow makes and removes."),
  stateBucket: text("Bucket of Terraform's state and of what jobs bring home."),
  environment: text("Name of the environment: what is tagged with it may be removed."),
  githubProviderArn: text("ARN of the account's OIDC provider of GitHub Actions."),
  githubSubjects: texts("The workflow's `sub` claims, in the form with ids and in that without."),
  githubReaperSubjects: texts("The same of the workflow that removes what has expired."),
  githubRepositoryId: text("The repository's id, which stays when it is renamed."),
  permissionsBoundaryArn,
};

/** The role's name. Not one that begins with the cluster's: those the workflow may change, and not its own. */
export function workflowRoleName(cluster: string): string {
  return `AuraWorkflow-${cluster}`;
}

/** The name of the role that removes what has expired, and can do nothing else. */
export function reaperRoleName(cluster: string): string {
  return `${workflowRoleName(cluster)}-reaper`;
}

/**
 * The roles a GitHub workflow takes on with its own token, without any stored secret. Beside the environment and not in
 * it: who destroys an environment must not lose its own rights halfway. The repository's id is asked for beside the
 * `sub` claim: a name can be given up and taken by somebody else.
 */
export class GithubModule extends ModuleStack<typeof githubInputs> {
  constructor() {
    super(
      "GITHUB",
      "The roles by which GitHub workflows deploy and destroy one environment, and sweep it when it has expired. Applied once, by a person.",
      githubInputs,
      "IAM/github",
    );
    const { accountId: account } = new DataAwsCallerIdentity(this, "caller_identity.current", {});
    const { partition } = new DataAwsPartition(this, "partition.current", {});
    const { region } = new DataAwsRegion(this, "region.current", {});
    const { clusterName: cluster, stateBucket: bucket, environment } = this.var;
    const scope = { partition, region, account, cluster, environment };
    const github = { id: "github", name: workflowRoleName(cluster) };
    const deployer = this.role(github, {
      description: "GitHub Actions workflow that deploys, runs, collects and destroys",
      subjects: this.var.githubSubjects,
    });
    this.attach(deployer, github, deployPolicies({ ...scope, bucket, role: deployer.arn }));
    const reaper = { id: "reaper", name: reaperRoleName(cluster) };
    const sweeper = this.role(reaper, {
      description: "GitHub Actions workflow that removes what has expired",
      subjects: this.var.githubReaperSubjects,
    });
    this.attach(sweeper, reaper, reaperPolicies(scope));
    this.output("roleArn", deployer.arn, "Role of the workflow: the variable AWS_ROLE_ARN of the GitHub environment.");
    this.output("reaperRoleArn", sweeper.arn, "Role of the reaper: the repository's variable AWS_REAPER_ROLE_ARN.");
  }

  private attach(role: IamRole, { id, name }: Named, policies: Readonly<Record<string, readonly Statement[]>>): void {
    for (const [what, statements] of Object.entries(policies)) {
      attachPolicy(this, role, { id: `${id}_${what.toLowerCase()}`, name: `${name}-${what}` }, statements);
    }
  }

  private role({ id, name }: Named, { description, subjects }: RoleOptions): IamRole {
    const assumeRolePolicy = policyDocument(this, `${id}_trust`, [
      {
        sid: "AllowWorkflow",
        actions: ["sts:AssumeRoleWithWebIdentity"],
        resources: [],
        federated: this.var.githubProviderArn,
        conditions: [
          ["StringEquals", `${issuer}:aud`, "sts.amazonaws.com"],
          ["StringEquals", `${issuer}:repository_id`, this.var.githubRepositoryId],
          ["StringEquals", `${issuer}:sub`, ...subjects],
        ],
      },
    ]);
    return new IamRole(this, `role.${id}`, {
      name,
      description,
      assumeRolePolicy,
      maxSessionDuration: sessionSeconds,
      forceDetachPolicies: true,
    });
  }
}

interface Named {
  readonly id: string;
  readonly name: string;
}

interface RoleOptions {
  readonly description: string;
  /** The claims of the workflow's token. */
  readonly subjects: readonly string[];
}
