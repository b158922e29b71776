import {
  GetBucketEncryptionCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";

import { lifecycle } from "./bucket-lifecycle.ts";
import { transportPolicy } from "./bucket-policy.ts";
import { callOf, type Drift, type Setting, type StateBucket, settingOf } from "./bucket-setting.ts";
import { bucketTags } from "./bucket-tags.ts";

/** What of the bucket's settings is not as it should be, in the order in which it is mended. */
export async function bucketDrift(bucket: StateBucket): Promise<readonly Drift[]> {
  const settings = [bucketTags, publicAccess, ownership, versioning, encryption, transportPolicy, lifecycle];
  const drift = await Promise.all(settings.map((setting) => setting(bucket)));
  return drift.filter((one) => one !== undefined);
}

const publicAccess: Setting = async (bucket) => {
  const wanted = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  };
  const found = await settingOf(bucket.s3.send(new GetPublicAccessBlockCommand(callOf(bucket))));
  const { PublicAccessBlockConfiguration: blocked = {} } = found ?? {};
  if (Object.keys(wanted).every((key) => blocked[key as keyof typeof wanted] === true)) return undefined;
  const put = { ...callOf(bucket), PublicAccessBlockConfiguration: wanted };
  return {
    setting: "public access",
    says: "public access is not blocked in every way",
    mend: () => bucket.s3.send(new PutPublicAccessBlockCommand(put)),
  };
};

/** Without ACLs: an object is the bucket owner's, whoever wrote it. */
const ownership: Setting = async (bucket) => {
  const found = await settingOf(bucket.s3.send(new GetBucketOwnershipControlsCommand(callOf(bucket))));
  const rule = found?.OwnershipControls?.Rules?.[0]?.ObjectOwnership;
  if (rule === "BucketOwnerEnforced") return undefined;
  const OwnershipControls = { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" as const }] };
  return {
    setting: "ownership",
    says: `ACLs are not off (${rule ?? "no ownership controls"})`,
    mend: () => bucket.s3.send(new PutBucketOwnershipControlsCommand({ ...callOf(bucket), OwnershipControls })),
  };
};

const versioning: Setting = async (bucket) => {
  const { Status } = await bucket.s3.send(new GetBucketVersioningCommand(callOf(bucket)));
  if (Status === "Enabled") return undefined;
  const put = { ...callOf(bucket), VersioningConfiguration: { Status: "Enabled" as const } };
  return {
    setting: "versioning",
    says: `versioning is ${Status === undefined ? "off" : Status.toLowerCase()}: a state that is written over is lost`,
    mend: () => bucket.s3.send(new PutBucketVersioningCommand(put)),
  };
};

/** Any algorithm will do: a bucket that encrypts with a key of KMS keeps it. */
const encryption: Setting = async (bucket) => {
  const found = await settingOf(bucket.s3.send(new GetBucketEncryptionCommand(callOf(bucket))));
  const rules = found?.ServerSideEncryptionConfiguration?.Rules ?? [];
  if (rules.some((rule) => rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm !== undefined)) return undefined;
  const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } }];
  const put = { ...callOf(bucket), ServerSideEncryptionConfiguration: { Rules } };
  return {
    setting: "encryption",
    says: "objects are not encrypted unless asked for",
    mend: () => bucket.s3.send(new PutBucketEncryptionCommand(put)),
  };
};
