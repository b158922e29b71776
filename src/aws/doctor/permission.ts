import type { Failure } from "../../kernel/failure.ts";

/** Where S3's actions are called otherwise than its operations. */
const s3Actions: Readonly<Record<string, string>> = {
  HeadBucket: "ListBucket",
  GetBucketEncryption: "GetEncryptionConfiguration",
  GetBucketLifecycleConfiguration: "GetLifecycleConfiguration",
  GetPublicAccessBlock: "GetBucketPublicAccessBlock",
  ListObjectVersions: "ListBucketVersions",
};

/** The IAM action that a refused call lacks, such as `servicequotas:GetServiceQuota`; undefined for other failures. */
export function missingPermission({ code, message }: Failure): string | undefined {
  const [, service, operation] = /\((\w[\w ]*):(\w+): /.exec(message) ?? [];
  if (code !== "AWS_DENIED" || service === undefined || operation === undefined) return undefined;
  const prefix = service.replaceAll(" ", "").toLowerCase();
  return `${prefix}:${prefix === "s3" ? (s3Actions[operation] ?? operation) : operation}`;
}
