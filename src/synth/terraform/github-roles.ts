import type { Environment } from "../../spec/environment.ts";
import { clusterName } from "../kubernetes/labels.ts";
import { reaperRoleName, workflowBoundaryName, workflowRoleName } from "./workflow-names.ts";

/** What the workflows of an environment are and may, by ARN. */
export interface GithubRoles {
  /** 12 digits. */
  readonly account: string;
  readonly deploy: string;
  readonly reap: string;
  /** The workflow's own boundary, which is there unless the account asks for another. */
  readonly boundary: string;
}

/** The roles of an environment's workflows, in the account of their provider; undefined where it names no repository. */
export function githubRoles(environment: Pick<Environment, "github" | "name">): GithubRoles | undefined {
  if (environment.github === undefined) return undefined;
  const [root = ""] = environment.github.providerArn.split(":oidc-provider/");
  const cluster = clusterName(environment);
  return {
    account: root.split(":")[4] ?? "",
    deploy: `${root}:role/${workflowRoleName(cluster)}`,
    reap: `${root}:role/${reaperRoleName(cluster)}`,
    boundary: `${root}:policy/${workflowBoundaryName(cluster)}`,
  };
}

/** ARN of the OIDC provider of GitHub Actions in an account of AWS's commercial partition. */
export function githubProviderArn(account: string): string {
  return `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`;
}
