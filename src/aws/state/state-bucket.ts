import { CreateBucketCommand, HeadBucketCommand, type S3Client } from "@aws-sdk/client-s3";

import type { Clock } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";
import { waitUntil } from "../../kernel/wait.ts";
import { stateBucketName } from "../../synth/terraform/state-key.ts";
import { errorName, errorStatus, isMissing } from "../errors.ts";
import { bucketDrift } from "./bucket-drift.ts";
import type { StateBucket } from "./bucket-setting.ts";

export interface StateBucketOptions {
  readonly s3: S3Client;
  readonly account: string;
  readonly region: string;
  /** Default: `aura-ACCOUNT-REGION`. */
  readonly bucket?: string | undefined;
  /** Beside `managed-by`; a tag that is there already keeps its value. None that names an environment: many share it. */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface EnsureOptions extends StateBucketOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface EnsuredBucket {
  readonly name: string;
  readonly made: boolean;
  /** The settings that were mended, such as `versioning`; empty when all were as they should be. */
  readonly mended: readonly string[];
}

export interface FoundBucket {
  readonly name: string;
  readonly exists: boolean;
  /** What is not as it should be, one sentence each; empty where there is no bucket yet. */
  readonly drift: readonly string[];
}

/**
 * Makes the bucket of states and outputs, or mends what of its settings is not as it should be; changes nothing when
 * all is. Fails with AWS_DENIED when a bucket of that name belongs to another account.
 */
export async function ensureStateBucket(options: EnsureOptions): Promise<EnsuredBucket> {
  const bucket = bucketOf(options);
  const made = !(await isThere(bucket)) && (await create(bucket));
  const mended: string[] = [];
  // one after the other: S3 answers OperationAborted where a bucket's settings are changed at once
  for (const { setting, mend } of await driftWhenThere(bucket, options)) {
    await mend();
    mended.push(setting);
  }
  return { name: bucket.name, made, mended };
}

/** The same bucket as it is; changes nothing. */
export async function describeStateBucket(options: StateBucketOptions): Promise<FoundBucket> {
  const bucket = bucketOf(options);
  if (!(await isThere(bucket))) return { name: bucket.name, exists: false, drift: [] };
  const drift = await bucketDrift(bucket);
  return { name: bucket.name, exists: true, drift: drift.map(({ says }) => says) };
}

function bucketOf(options: StateBucketOptions): StateBucket {
  const { s3, account, region, tags = {} } = options;
  const name = stateBucketName(options);
  return { s3, account, region, name, tags, isOwn: name === stateBucketName({ account, region }) };
}

async function isThere({ s3, name, account, region }: StateBucket): Promise<boolean> {
  try {
    const { BucketRegion = region } = await s3.send(
      new HeadBucketCommand({ Bucket: name, ExpectedBucketOwner: account }),
    );
    if (BucketRegion !== region) throw elsewhere(name, BucketRegion, region);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    if (isForbidden(error)) throw foreign(name, account, error);
    throw error;
  }
}

/** Whether it was made here: somebody else of the account may have been faster. */
async function create({ s3, name, account, region }: StateBucket): Promise<boolean> {
  // us-east-1 is the one region that S3 wants left out
  const place =
    region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint: region as "eu-west-1" } };
  try {
    await s3.send(new CreateBucketCommand({ Bucket: name, ObjectOwnership: "BucketOwnerEnforced", ...place }));
    return true;
  } catch (error) {
    if (errorName(error) === "BucketAlreadyOwnedByYou") return false;
    if (errorName(error) === "BucketAlreadyExists") throw foreign(name, account, error);
    throw error;
  }
}

/** A bucket that was just made is not known to all of S3 at once. */
function driftWhenThere(bucket: StateBucket, { clock, signal }: EnsureOptions) {
  const wait = {
    what: `bucket ${bucket.name} to be there`,
    timeoutMs: 60_000,
    time: async () => clock.now(),
    clock,
    signal,
    pauseMs: 2000,
  };
  return waitUntil(wait, () =>
    bucketDrift(bucket).catch((error: unknown) => {
      if (errorName(error) === "NoSuchBucket") return undefined;
      throw error;
    }),
  );
}

/** HEAD has no body: its refusal has a status and no name of its own. */
function isForbidden(error: unknown): boolean {
  const isDenied = error instanceof Failure && error.code === "AWS_DENIED";
  return isDenied || errorStatus(error) === 403;
}

function foreign(name: string, account: string, cause: unknown): Failure {
  return new Failure("AWS_DENIED", `the bucket ${name} is not one of account ${account}, or may not be looked at`, {
    why: "names of buckets are unique in the world; Terraform's state goes only where the account itself owns the bucket",
    fix: "name another under aws.bucket in aura.yaml; if the bucket is yours, allow s3:ListBucket on it",
    cause,
  });
}

function elsewhere(name: string, found: string, wanted: string): Failure {
  return new Failure("USAGE", `the bucket ${name} is in ${found}, not in ${wanted}`, {
    why: "the state is kept in the environment's own region",
    fix: "name a bucket of that region under aws.bucket in aura.yaml, or leave it out",
  });
}
