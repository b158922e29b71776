import type { S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";

import { ensureStateBucket } from "../../../src/aws/state/state-bucket.ts";
import { outputsFolder } from "../../../src/aws/state/state-object.ts";
import { manualClock } from "../../../src/kernel/clocks.ts";
import { outputsPrefix } from "../../../src/spec/outputs.ts";
import { stateKey } from "../../../src/synth/terraform/state-key.ts";
import { clientsOf, exception } from "../doctor/world.ts";

const tls = (bucket: string, more: object = {}) => ({
  Effect: "Deny",
  Principal: { AWS: "*" },
  Action: ["s3:*"],
  Resource: [`arn:aws:s3:::${bucket}/*`, `arn:aws:s3:::${bucket}`],
  Condition: { Bool: { "aws:SecureTransport": false } },
  ...more,
});

/** A bucket that is as it should be, but for what `answers` say; what is put is written down. */
function s3Of(bucket: string, answers: Parameters<typeof clientsOf>[0]) {
  const calls: { readonly name: string; readonly input: Readonly<Record<string, unknown>> }[] = [];
  const put = (name: string) => (input: Readonly<Record<string, unknown>>) => {
    calls.push({ name, input });
    return {};
  };
  const days = { NoncurrentVersionExpiration: { NoncurrentDays: 30 }, Expiration: { ExpiredObjectDeleteMarker: true } };
  const { s3 } = clientsOf({
    HeadBucket: () => ({}),
    GetBucketTagging: () => ({ TagSet: [{ Key: "managed-by", Value: "aura" }] }),
    GetPublicAccessBlock: () => ({
      PublicAccessBlockConfiguration: {
        ...{ BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
      },
    }),
    GetBucketOwnershipControls: () => ({ OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] } }),
    GetBucketVersioning: () => ({ Status: "Enabled" }),
    GetBucketEncryption: () => ({
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } }],
      },
    }),
    GetBucketPolicy: () => ({ Policy: JSON.stringify({ Statement: tls(bucket) }) }),
    GetBucketLifecycleConfiguration: () => ({
      Rules: [
        { ID: "aura-old-states", Status: "Enabled", Filter: { Prefix: "aura/" }, ...days },
        {
          ...{ ID: "aura-outputs", Status: "Enabled", Prefix: "outputs/", Expiration: { Days: 14 } },
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        },
        {
          ...{ ID: "aura-broken-uploads", Status: "Enabled", Filter: {} },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        },
      ],
    }),
    CreateBucket: put("CreateBucket"),
    PutBucketPolicy: put("PutBucketPolicy"),
    PutPublicAccessBlock: put("PutPublicAccessBlock"),
    ...answers,
  });
  return { s3, calls };
}

const account = "123456789012";
const ensure = (s3: S3Client, region = "us-east-1") =>
  ensureStateBucket({ s3, account, region, clock: manualClock(), signal: new AbortController().signal });
const missing = () => {
  throw exception("NotFound", "NotFound", 404);
};

describe("the state bucket", () => {
  const name = `aura-${account}-us-east-1`;

  it("is left alone where all is right, KMS and foreign words included", async () => {
    const { s3, calls } = s3Of(name, {});
    expect(await ensure(s3)).toEqual({ name, made: false, mended: [] });
    expect(calls).toEqual([]);
  });

  it.each([
    ["us-east-1", undefined],
    ["eu-west-1", { LocationConstraint: "eu-west-1" }],
  ])("is made in %s with constraint %j", async (region, constraint) => {
    const { s3, calls } = s3Of(`aura-${account}-${region}`, { HeadBucket: missing });
    expect(await ensure(s3, region)).toMatchObject({ made: true });
    expect(calls[0]?.input["CreateBucketConfiguration"]).toEqual(constraint);
  });

  it.each([
    ["the answer to HEAD is 403", { HeadBucket: () => throwing(exception("Unknown", "UnknownError", 403)) }],
    [
      "the name is taken",
      { HeadBucket: missing, CreateBucket: () => throwing(exception("BucketAlreadyExists", "taken", 409)) },
    ],
  ])("is refused when %s", async (_, answers) => {
    const { s3, calls } = s3Of(name, answers);
    await expect(ensure(s3)).rejects.toMatchObject({ code: "AWS_DENIED", message: expect.stringContaining(account) });
    expect(calls).toEqual([]);
  });

  it("may be made by somebody of the account meanwhile", async () => {
    const CreateBucket = () => throwing(exception("BucketAlreadyOwnedByYou", "yours", 409));
    const { s3 } = s3Of(name, { HeadBucket: missing, CreateBucket });
    expect(await ensure(s3)).toEqual({ name, made: false, mended: [] });
  });

  it("is not looked for in other regions", async () => {
    const { s3 } = s3Of(name, { HeadBucket: () => ({ BucketRegion: "eu-west-1" }) });
    await expect(ensure(s3)).rejects.toMatchObject({
      code: "USAGE",
      message: `the bucket ${name} is in eu-west-1, not in us-east-1`,
    });
  });

  it.each([
    ["allows where others deny", { Effect: "Allow" }],
    ["is about some actions", { Action: "s3:GetObject" }],
    ["is about objects only", { Resource: `arn:aws:s3:::${name}/*` }],
    [
      "has a further condition",
      { Condition: { Bool: { "aws:SecureTransport": "false" }, IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } },
    ],
  ])("gets a statement of its own where one %s", async (_, more) => {
    const { s3, calls } = s3Of(name, {
      GetBucketPolicy: () => ({ Policy: JSON.stringify({ Id: "theirs", Statement: [tls(name, more)] }) }),
    });
    expect((await ensure(s3)).mended).toEqual(["transport policy"]);
    const policy = JSON.parse(`${calls[0]?.input["Policy"]}`);
    expect(policy).toMatchObject({ Id: "theirs", Statement: [tls(name, more), { Sid: "AuraTlsOnly" }] });
    expect(calls[0]?.input["ExpectedBucketOwner"]).toBe(account);
  });

  it("is mended where public access is half open", async () => {
    const half = {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: true,
    };
    const { s3 } = s3Of(name, { GetPublicAccessBlock: () => ({ PublicAccessBlockConfiguration: half }) });
    expect((await ensure(s3)).mended).toEqual(["public access"]);
  });
});

it("keeps states and outputs apart, by environment", () => {
  expect(stateKey({ name: "dev" })).toBe("aura/dev/aura-dev.tfstate");
  expect(outputsPrefix("dev", "dev-1").startsWith(`${outputsFolder}dev/`)).toBe(true);
});

function throwing(error: Error): never {
  throw error;
}
