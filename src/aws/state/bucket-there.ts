import { HeadBucketCommand } from "@aws-sdk/client-s3";

import { isMissing } from "../errors.ts";
import type { StatePlace } from "./state-object.ts";

/** Whether there is a bucket of the account's for states: without one there is no state in it either. */
export async function isBucketThere({ s3, bucket, account }: Omit<StatePlace, "key">): Promise<boolean> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner: account }));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
