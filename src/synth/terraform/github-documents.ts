import type { Environment } from "../../spec/environment.ts";
import { clusterName } from "../kubernetes/labels.ts";
import { deployPolicies } from "./deploy-policies.ts";
import { githubAudience, githubIssuer, githubTrust, roleDescriptions, sessionSeconds } from "./github-role.ts";
import { githubRoles } from "./github-roles.ts";
import type { Statement } from "./policies.ts";
import { type PolicyJson, policyJson } from "./policy-json.ts";
import { reaperPolicies } from "./reaper-policies.ts";
import { githubValues } from "./values.ts";
import { workflowBoundary } from "./workflow-boundary.ts";
import { reaperRoleName, workflowBoundaryName, workflowRoleName } from "./workflow-names.ts";

/** All that the one-time set-up makes in an account, as IAM takes it. */
export interface GithubDocuments {
  readonly provider: { readonly arn: string; readonly url: string; readonly clientIds: readonly string[] };
  /** Absent where the account asks for a boundary of its own. */
  readonly boundary?: { readonly name: string; readonly document: PolicyJson };
  readonly roles: readonly RoleDocuments[];
}

export interface RoleDocuments {
  readonly name: string;
  readonly description: string;
  readonly maxSessionSeconds: number;
  /** ARN of the policy that bounds it. */
  readonly permissionsBoundary: string;
  readonly trust: PolicyJson;
  readonly policies: readonly { readonly name: string; readonly document: PolicyJson }[];
}

/** What Terraform's root of the roles makes, for who makes them by hand; undefined where no repository is named. */
export function githubDocuments(environment: Environment): GithubDocuments | undefined {
  const values = githubValues(environment);
  const roles = githubRoles(environment);
  if (values === undefined || roles === undefined) return undefined;
  const cluster = clusterName(environment);
  const boundary = values.permissionsBoundaryArn ?? roles.boundary;
  const [, partition = "aws"] = roles.deploy.split(":");
  const { region, name: named } = environment;
  const { stateBucket: bucket } = values;
  const scope = { partition, region, account: roles.account, cluster, environment: named, bucket, boundary };
  const { githubProviderArn: provider, githubRepositoryId: repositoryId } = values;
  const role = (name: string, description: string, subjects: readonly string[], policies: Policies): RoleDocuments => ({
    name,
    description,
    maxSessionSeconds: sessionSeconds,
    permissionsBoundary: boundary,
    trust: policyJson([githubTrust({ provider, repositoryId, subjects })]),
    policies: Object.entries(policies).map(([what, statements]) => ({
      name: `${name}-${what}`,
      document: policyJson(statements),
    })),
  });
  const deploys = deployPolicies({ ...scope, role: roles.deploy });
  return {
    provider: { arn: provider, url: `https://${githubIssuer}`, clientIds: [githubAudience] },
    ...(boundary === roles.boundary && {
      boundary: { name: workflowBoundaryName(cluster), document: policyJson(workflowBoundary(scope)) },
    }),
    roles: [
      role(workflowRoleName(cluster), roleDescriptions.deploy, values.githubSubjects, deploys),
      role(reaperRoleName(cluster), roleDescriptions.reap, values.githubReaperSubjects, reaperPolicies(scope)),
    ],
  };
}

type Policies = Readonly<Record<string, readonly Statement[]>>;
