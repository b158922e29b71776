import { flag, permissionsBoundaryArn, text, textSet } from "./inputs.ts";
import type { ModuleStack } from "./module-stack.ts";

export const iamInputs = {
  clusterName: text("Name of the cluster."),
  clusterArn: text("ARN of the cluster."),
  oidcProviderArn: text("ARN of the cluster's OIDC provider."),
  oidcIssuer: text("Issuer of the cluster without https://."),
  identity: {
    ...text("How service accounts take on roles: `irsa` or `pod-identity`.", "irsa"),
    oneOf: ["irsa", "pod-identity"],
  },
  nodeInstanceProfile: flag(
    "Whether the nodes' instance profile is made here: in a network without a way out Karpenter cannot reach IAM.",
    false,
  ),
  environment: text("Name of the environment: its jobs' outputs are below it in the bucket."),
  outputsBucket: text("Bucket that jobs' outputs go to. Empty: none, and no role for it.", ""),
  outputsNamespaces: textSet("Namespaces of the jobs: Pod Identity has to know them.", ["default"]),
  permissionsBoundaryArn,
};

/** The module, as the files that its parts are in see it. */
export type IamStack = ModuleStack<typeof iamInputs>;
