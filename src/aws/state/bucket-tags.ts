import { GetBucketTaggingCommand, PutBucketTaggingCommand } from "@aws-sdk/client-s3";

import { callOf, type Setting, settingOf } from "./bucket-setting.ts";

/** Says whose the bucket is. Tags that are there keep their values: environments share the bucket. */
export const bucketTags: Setting = async (bucket) => {
  if (!bucket.isOwn) return undefined;
  const found = await settingOf(bucket.s3.send(new GetBucketTaggingCommand(callOf(bucket))));
  const tags = Object.fromEntries((found?.TagSet ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
  if (tags["managed-by"] === "aura") return undefined;
  const wanted = { ...bucket.tags, ...tags, "managed-by": "aura" };
  const TagSet = Object.entries(wanted).map(([Key, Value]) => ({ Key, Value }));
  return {
    setting: "tags",
    says: "no tag says that Aura looks after it",
    mend: () => bucket.s3.send(new PutBucketTaggingCommand({ ...callOf(bucket), Tagging: { TagSet } })),
  };
};
