import type { S3Client } from "@aws-sdk/client-s3";

import { errorName, isMissing } from "../errors.ts";

/** The bucket of states, and whose it has to be. */
export interface StateBucket {
  readonly s3: S3Client;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether its name is Aura's own: others may hold what is not Aura's, and keep it for as long as they like. */
  readonly isOwn: boolean;
}

/** A setting that is not as it should be. */
export interface Drift {
  readonly setting: string;
  /** What is wrong, for people. */
  readonly says: string;
  readonly mend: () => Promise<unknown>;
}

/** Looks at one setting; undefined when it is as it should be. */
export type Setting = (bucket: StateBucket) => Promise<Drift | undefined>;

/** What every call names: the bucket, and the account without which it is refused. */
export function callOf({ name, account }: StateBucket) {
  return { Bucket: name, ExpectedBucketOwner: account };
}

/** What a setting is; undefined where it was never made. A bucket that is not there is an error all the same. */
export async function settingOf<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isMissing(error) && errorName(error) !== "NoSuchBucket") return undefined;
    throw error;
  }
}
