import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";

import { describeStateBucket, ensureStateBucket } from "../../../src/aws/state/state-bucket.ts";
import { removeState, stateObject } from "../../../src/aws/state/state-object.ts";
import { systemClock } from "../../../src/kernel/clocks.ts";
import { onAws } from "./aws.ts";
import { AwsError } from "./front-reply.ts";

const account = "123456789012";
const name = `aura-${account}-us-east-1`;
const writes = /:(Create|Put|Delete)/;
const options = (s3: S3Client, region = "us-east-1") => ({
  s3,
  account,
  region,
  clock: systemClock(),
  signal: new AbortController().signal,
});
const settings = ["tags", "public access", "ownership", "versioning", "encryption", "transport policy", "lifecycle"];

await onAws("the state bucket on moto", (aws) => {
  const s3 = () => aws().clients().s3;
  const writeCalls = () => Object.keys(aws().front.calls()).filter((call) => writes.test(call));

  test("a bucket is made with every setting", async () => {
    expect(await describeStateBucket(options(s3()))).toEqual({ name, exists: false, drift: [] });
    const ensured = await ensureStateBucket({ ...options(s3()), tags: { owner: "ml" } });
    expect(ensured.made).toBe(true);
    expect(ensured.mended).toEqual(settings.filter((one) => one !== "ownership"));
    expect(await describeStateBucket(options(s3()))).toEqual({ name, exists: true, drift: [] });
    const { Policy = "" } = await s3().send(new GetBucketPolicyCommand({ Bucket: name }));
    expect(JSON.parse(Policy).Statement[0]).toMatchObject({ Effect: "Deny", Action: "s3:*" });
    const { TagSet } = await s3().send(new GetBucketTaggingCommand({ Bucket: name }));
    expect(TagSet).toEqual(
      expect.arrayContaining([
        { Key: "managed-by", Value: "aura" },
        { Key: "owner", Value: "ml" },
      ]),
    );
  });

  test("a bucket made again is not written to", async () => {
    await ensureStateBucket(options(s3()));
    aws().front.forget();
    expect(await ensureStateBucket(options(s3()))).toEqual({ name, made: false, mended: [] });
    expect(writeCalls()).toEqual([]);
  });

  test("a bucket of another region is made there", async () => {
    const { s3: frankfurt } = aws().clients("eu-central-1");
    const ensured = await ensureStateBucket(options(frankfurt, "eu-central-1"));
    expect(ensured).toMatchObject({ name: `aura-${account}-eu-central-1`, made: true });
    const { BucketRegion } = await frankfurt.send(new HeadBucketCommand({ Bucket: ensured.name }));
    expect(BucketRegion).toBe("eu-central-1");
  });

  test("settings that others made are kept", async () => {
    const Bucket = name;
    const theirs = {
      Sid: "Theirs",
      Effect: "Allow",
      Principal: { AWS: account },
      Action: "s3:GetObject",
      Resource: `arn:aws:s3:::${name}/x`,
    };
    await s3().send(new CreateBucketCommand({ Bucket }));
    await s3().send(
      new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement: [theirs] }) }),
    );
    await s3().send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: "owner", Value: "them" }] } }));
    const rule = { ID: "theirs", Status: "Enabled" as const, Filter: { Prefix: "logs/" }, Expiration: { Days: 3 } };
    await s3().send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [rule] } }));
    const Rules = [
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: "alias/theirs" } },
    ];
    await s3().send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));

    const { made, mended } = await ensureStateBucket({ ...options(s3()), tags: { owner: "ml" } });
    expect(made).toBe(false);
    expect(mended).not.toContain("encryption");
    const policy = JSON.parse((await s3().send(new GetBucketPolicyCommand({ Bucket }))).Policy ?? "");
    expect(policy.Statement.map(({ Sid }: { Sid: string }) => Sid)).toEqual(["Theirs", "AuraTlsOnly"]);
    const lifecycle = await s3().send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(lifecycle.Rules?.map(({ ID }) => ID)).toEqual([
      "theirs",
      "aura-old-states",
      "aura-outputs",
      "aura-broken-uploads",
    ]);
    const { TagSet } = await s3().send(new GetBucketTaggingCommand({ Bucket }));
    expect(TagSet).toContainEqual({ Key: "owner", Value: "them" });
    const { ServerSideEncryptionConfiguration: kept } = await s3().send(new GetBucketEncryptionCommand({ Bucket }));
    expect(kept?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe("aws:kms");
  });

  test("outputs of somebody's own bucket do not expire", async () => {
    const bucket = "my-team-aura";
    await s3().send(new CreateBucketCommand({ Bucket: bucket }));
    await ensureStateBucket({ ...options(s3()), bucket });
    const { Rules = [] } = await s3().send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }));
    expect(Rules.map(({ ID }) => ID)).toEqual(["aura-old-states", "aura-broken-uploads"]);
    await expect(s3().send(new GetBucketTaggingCommand({ Bucket: bucket }))).rejects.toThrow("TagSet");
    expect((await describeStateBucket({ ...options(s3()), bucket })).drift).toEqual([]);
  });

  test("a setting that was changed is found and mended", async () => {
    await ensureStateBucket(options(s3()));
    const suspended = { Bucket: name, VersioningConfiguration: { Status: "Suspended" as const } };
    await s3().send(new PutBucketVersioningCommand(suspended));
    expect((await describeStateBucket(options(s3()))).drift).toEqual([
      "versioning is suspended: a state that is written over is lost",
    ]);
    expect((await ensureStateBucket(options(s3()))).mended).toEqual(["versioning"]);
  });

  test("every call names the owner", async () => {
    const owners: unknown[] = [];
    const client = s3();
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const { headers } = args.request as { headers: Record<string, string> };
          if (commandName !== "CreateBucketCommand") owners.push(headers["x-amz-expected-bucket-owner"]);
          return next(args);
        },
      { step: "finalizeRequest" },
    );
    await ensureStateBucket(options(client));
    expect(owners.length).toBeGreaterThan(10);
    expect(new Set(owners)).toEqual(new Set([account]));
  });

  test("a bucket of another owner is refused (front)", async () => {
    aws().front.answer("S3", "HeadBucket", () => {
      throw new AwsError("AccessDenied", "Access Denied", 403);
    });
    await expect(ensureStateBucket(options(s3()))).rejects.toMatchObject({
      code: "AWS_DENIED",
      message: expect.stringContaining(`${name} is not one of account ${account}`),
    });
    expect(writeCalls()).toEqual([]);
  });

  test("versions of an empty state are removed", async () => {
    await ensureStateBucket(options(s3()));
    const place = { s3: s3(), bucket: name, account, key: "aura/dev/aura-dev.tfstate" };
    const put = (Key: string, Body: string) => s3().send(new PutObjectCommand({ Bucket: name, Key, Body }));
    await put(
      place.key,
      '{"resources":[{"mode":"managed","type":"aws_vpc"},{"mode":"data","type":"aws_caller_identity"}]}',
    );
    await put(
      `${place.key}.tflock`,
      '{"ID":"1","Who":"me@here","Operation":"OperationTypeApply","Created":"2026-11-25"}',
    );
    await put("aura/dev/aura-dev.tfstate.backup", "theirs");
    expect(await stateObject(place)).toMatchObject({ state: { resources: 1 }, lock: { id: "1", who: "me@here" } });
    await expect(removeState(place)).rejects.toMatchObject({ code: "STATE_LOCKED" });
    await s3().send(new DeleteObjectCommand({ Bucket: name, Key: `${place.key}.tflock` }));
    await expect(removeState(place)).rejects.toMatchObject({
      code: "LEFTOVERS",
      message: "the state still lists 1 resource, so it is kept",
    });
    await put(place.key, '{"resources":[]}');
    // two versions of the state, one of the lock and its delete marker
    expect(await removeState(place)).toBe(4);
    const { Versions = [], DeleteMarkers = [] } = await s3().send(new ListObjectVersionsCommand({ Bucket: name }));
    expect([...Versions, ...DeleteMarkers].map(({ Key }) => Key)).toEqual(["aura/dev/aura-dev.tfstate.backup"]);
    expect(await removeState(place)).toBe(0);
  });
});
