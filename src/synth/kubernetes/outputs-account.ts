import { outputsAccount } from "../../spec/outputs.ts";
import { ownLabels } from "./labels.ts";

/**
 * The service account by which jobs write their outputs to the bucket, one for each namespace that has jobs.
 * @param options.roleArn Terraform's output `outputs_role_arn`. With Pod Identity it goes unread: there the association
 * of namespace and name counts.
 */
export function outputsServiceAccounts(options: {
  readonly environment: string;
  readonly namespaces: Iterable<string>;
  readonly roleArn: string;
}) {
  const { environment, namespaces, roleArn } = options;
  return [...new Set(namespaces)].sort().map((namespace) => ({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: {
      name: outputsAccount,
      namespace,
      labels: ownLabels({ name: environment }),
      annotations: { "eks.amazonaws.com/role-arn": roleArn },
    },
    // what its pods are allowed they are allowed on AWS only
    automountServiceAccountToken: false,
  }));
}
