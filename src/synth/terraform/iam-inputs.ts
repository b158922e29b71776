import { text, texts } from "./inputs.ts";
import type { ModuleStack } from "./module-stack.ts";

export const iamInputs = {
  clusterName: text("Name of the cluster."),
  clusterArn: text("ARN of the cluster."),
  oidcProviderArn: text("ARN of the cluster's OIDC provider."),
  oidcIssuer: text("Issuer of the cluster without https://."),
  identity: text("How service accounts take on roles: `irsa` or `pod-identity`.", "irsa"),
  githubProviderArn: text("ARN of the account's OIDC provider of GitHub Actions. Empty: no role for a workflow.", ""),
  githubSubjects: texts("The workflow's `sub` claims, in the form with ids and in that without.", []),
  githubRepositoryId: text("The repository's id, which stays when it is renamed.", ""),
};

/** The module, as the files that its parts are in see it. */
export type IamStack = ModuleStack<typeof iamInputs>;
