import { DataAwsCallerIdentity } from "@cdktn/provider-aws/lib/data-aws-caller-identity/index.js";
import { DataAwsPartition } from "@cdktn/provider-aws/lib/data-aws-partition/index.js";
import { DataAwsRegion } from "@cdktn/provider-aws/lib/data-aws-region/index.js";
import { IamOpenidConnectProvider } from "@cdktn/provider-aws/lib/iam-openid-connect-provider/index.js";
import { IamPolicy } from "@cdktn/provider-aws/lib/iam-policy/index.js";
import { IamRole } from "@cdktn/provider-aws/lib/iam-role/index.js";
import type { ITerraformDependable } from "cdktn";

import { deployPolicies } from "./deploy-policies.ts";
import { flag, permissionsBoundaryArn, text, texts } from "./inputs.ts";
import { ModuleStack } from "./module-stack.ts";
import { attachPolicy, policyDocument, type Statement } from "./policies.ts";
import { reaperPolicies } from "./reaper-policies.ts";
import { workflowBoundary } from "./workflow-boundary.ts";
import { reaperRoleName, workflowBoundaryName, workflowRoleName } from "./workflow-names.ts";

export const githubIssuer = "token.actions.githubusercontent.com";
export const githubAudience = "sts.amazonaws.com";
/** A destroy alone can take three quarters of an hour. */
export const sessionSeconds = 7200;

const githubInputs = {
  clusterName: text("Name of the cluster that the workflow makes and removes."),
  stateBucket: text("Bucket of Terraform's state and of what jobs bring home."),
  environment: text("Name of the environment: what is tagged with it may be removed."),
  githubProviderArn: text("ARN of the account's OIDC provider of GitHub Actions."),
  createProvider: flag("Make that provider, in an account that has none.", false),
  githubSubjects: texts("The workflow's `sub` claims, in the form with ids and in that without."),
  githubReaperSubjects: texts("The same of the workflow that removes what has expired."),
  githubRepositoryId: text("The repository's id, which stays when it is renamed."),
  permissionsBoundaryArn,
};

/** What the two roles are for. */
export const roleDescriptions = {
  deploy: "GitHub Actions workflow that deploys, runs, collects and destroys",
  reap: "GitHub Actions workflow that removes what has expired",
};

/** Who may take on a role: workflows of one repository, in one of its GitHub environments. */
export function githubTrust(trust: GithubTrust): Statement {
  return {
    sid: "AllowWorkflow",
    actions: ["sts:AssumeRoleWithWebIdentity"],
    resources: [],
    federated: trust.provider,
    conditions: [
      ["StringEquals", `${githubIssuer}:aud`, githubAudience],
      ["StringEquals", `${githubIssuer}:repository_id`, trust.repositoryId],
      ["StringEquals", `${githubIssuer}:sub`, ...trust.subjects],
    ],
  };
}

interface GithubTrust {
  readonly provider: string;
  readonly repositoryId: string;
  /** The claims of the workflow's token. */
  readonly subjects: readonly string[];
}

/**
 * The roles a GitHub workflow takes on with its own token, without any stored secret. Beside the environment and not in
 * it: who destroys an environment must not lose its own rights halfway. The repository's id is asked for beside the
 * `sub` claim: a name can be given up and taken by somebody else. What bounds them bounds every role they make.
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
    const scope = { partition, region, account, cluster, environment, bucket, boundary };
    const before = [this.provider(), this.boundary(workflowBoundary(scope))];
    const github = { id: "github", name: workflowRoleName(cluster) };
    const deployer = this.role(github, {
      description: roleDescriptions.deploy,
      subjects: this.var.githubSubjects,
      before,
    });
    this.attach(deployer, github, deployPolicies({ ...scope, role: deployer.arn }));
    const reaper = { id: "reaper", name: reaperRoleName(cluster) };
    const sweeper = this.role(reaper, {
      description: roleDescriptions.reap,
      subjects: this.var.githubReaperSubjects,
      before,
    });
    this.attach(sweeper, reaper, reaperPolicies(scope));
    this.output("roleArn", deployer.arn, "Role of the workflow.");
    this.output("reaperRoleArn", sweeper.arn, "Role of the reaper.");
  }

  private provider(): IamOpenidConnectProvider {
    const provider = new IamOpenidConnectProvider(this, "provider.github", {
      count: this.when("var.create_provider"),
      url: `https://${githubIssuer}`,
      clientIdList: [githubAudience],
      lifecycle: { preventDestroy: true },
    });
    return this.note("The account has one for all repositories: it stays when these roles go.", provider);
  }

  private boundary(statements: readonly Statement[]): IamPolicy {
    const policy = new IamPolicy(this, "policy.boundary", {
      count: this.when('var.permissions_boundary_arn == ""'),
      name: workflowBoundaryName(this.var.clusterName),
      description: "The most that the workflow, and what it makes, may ever do",
      policy: policyDocument(this, "boundary", statements),
    });
    return this.note("Where the account has no boundary of its own to ask for.", policy);
  }

  private attach(role: IamRole, { id, name }: Named, policies: Readonly<Record<string, readonly Statement[]>>): void {
    for (const [what, statements] of Object.entries(policies)) {
      attachPolicy(this, role, { id: `${id}_${what.toLowerCase()}`, name: `${name}-${what}` }, statements);
    }
  }

  private role({ id, name }: Named, { description, subjects, before }: RoleOptions): IamRole {
    const { githubProviderArn: provider, githubRepositoryId: repositoryId } = this.var;
    return new IamRole(this, `role.${id}`, {
      name,
      description,
      assumeRolePolicy: policyDocument(this, `${id}_trust`, [githubTrust({ provider, repositoryId, subjects })]),
      permissionsBoundary: boundary,
      maxSessionDuration: sessionSeconds,
      forceDetachPolicies: true,
      dependsOn: before,
    });
  }
}

/** By its name, which is known before it is made: it speaks of itself. */
const boundary =
  '${var.permissions_boundary_arn == "" ? "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:policy/' +
  `${workflowBoundaryName("${var.cluster_name}")}" : var.permissions_boundary_arn}`;

interface Named {
  readonly id: string;
  readonly name: string;
}

interface RoleOptions {
  readonly description: string;
  /** The claims of the workflow's token. */
  readonly subjects: readonly string[];
  /** What has to be there first. */
  readonly before: ITerraformDependable[];
}
