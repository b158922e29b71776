import { IamOpenidConnectProvider } from "@cdktn/provider-aws/lib/iam-openid-connect-provider/index.js";

import { text } from "./inputs.ts";
import { ModuleStack } from "./module-stack.ts";

export const oidcInputs = {
  clusterName: text("Name of the cluster; the provider is tagged with it, since nothing else shows whose it is."),
  issuerUrl: text("URL of the cluster's OIDC issuer."),
};

/** Lets IAM trust the tokens of the cluster's service accounts. */
export class OidcModule extends ModuleStack<typeof oidcInputs> {
  constructor() {
    super("OIDC", "The cluster's OIDC provider in IAM, by which service accounts take on roles (IRSA).", oidcInputs);
    const provider = new IamOpenidConnectProvider(this, "provider.this", {
      url: this.var.issuerUrl,
      clientIdList: ["sts.amazonaws.com"],
      tags: { Name: this.var.clusterName },
    });
    this.note(
      "No thumbprint: IAM checks the issuer's certificate with its own root CAs, and one given here only drifts.",
      provider,
    );
    this.output("providerArn", provider.arn, "ARN of the provider.");
    this.output(
      "issuer",
      '${replace(aws_iam_openid_connect_provider.this.url, "https://", "")}',
      "The issuer without https://, as conditions name it.",
    );
  }
}
