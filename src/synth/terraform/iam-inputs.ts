import { flag, permissionsBoundaryArn, text } from "./inputs.ts";
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
  permissionsBoundaryArn,
};

/** The module, as the files that its parts are in see it. */
export type IamStack = ModuleStack<typeof iamInputs>;
