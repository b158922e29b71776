import { DataAwsCallerIdentity } from "@cdktn/provider-aws/lib/data-aws-caller-identity/index.js";
import { DataAwsPartition } from "@cdktn/provider-aws/lib/data-aws-partition/index.js";
import type { EksCluster } from "@cdktn/provider-aws/lib/eks-cluster/index.js";
import { KmsAlias } from "@cdktn/provider-aws/lib/kms-alias/index.js";
import { KmsKey } from "@cdktn/provider-aws/lib/kms-key/index.js";

import type { EksStack } from "./eks-inputs.ts";
import { policyDocument } from "./policies.ts";

// Named one by one: an account that may do `kms:*` also may what nobody here needs
const administration = [
  ...[
    "CancelKeyDeletion",
    "CreateAlias",
    "CreateGrant",
    "DeleteAlias",
    "DescribeKey",
    "DisableKey",
    "EnableKey",
    "EnableKeyRotation",
    "GetKeyPolicy",
  ],
  ...["GetKeyRotationStatus", "ListGrants", "ListKeyPolicies", "ListResourceTags", "PutKeyPolicy", "RevokeGrant"],
  ...["ScheduleKeyDeletion", "TagResource", "UntagResource", "UpdateAlias", "UpdateKeyDescription"],
];
const use = [
  "Decrypt",
  "Encrypt",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "ReEncryptFrom",
  "ReEncryptTo",
];

/** A key of the account's own for the cluster's secrets, where it is asked for. It outlives the cluster by its deletion window. */
export function secretsKey(module: EksStack, cluster: EksCluster): void {
  const { accountId } = new DataAwsCallerIdentity(module, "caller_identity.current", {});
  const { partition } = new DataAwsPartition(module, "partition.current", {});
  const policy = policyDocument(module, "secrets_key", [
    {
      sid: "AllowAccountToAdministerAndUse",
      actions: [...administration, ...use].map((action) => `kms:${action}`),
      resources: ["*"],
      account: `arn:${partition}:iam::${accountId}:root`,
    },
  ]);
  const wanted = module.when("var.kms");
  new KmsKey(module, "key.secrets", {
    count: wanted,
    description: `Secrets of the EKS cluster ${module.var.clusterName}`,
    enableKeyRotation: true,
    deletionWindowInDays: 7,
    policy,
  });
  new KmsAlias(module, "alias.secrets", {
    count: wanted,
    name: `alias/eks/${module.var.clusterName}`,
    targetKeyId: "${aws_kms_key.secrets[0].key_id}",
  });
  cluster.addOverride("dynamic.encryption_config", {
    for_each: "${aws_kms_key.secrets[*].arn}",
    content: { resources: ["secrets"], provider: { key_arn: "${encryption_config.value}" } },
  });
}
