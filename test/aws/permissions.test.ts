import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";
import { deployPolicies } from "../../src/synth/terraform/deploy-policies.ts";
import { reaperPolicies } from "../../src/synth/terraform/reaper-policies.ts";

const services: Readonly<Record<string, string>> = {
  "cloudwatch-logs": "logs",
  ec2: "ec2",
  eks: "eks",
  "elastic-load-balancing": "elasticloadbalancing",
  "elastic-load-balancing-v2": "elasticloadbalancing",
  eventbridge: "events",
  iam: "iam",
  kms: "kms",
  pricing: "pricing",
  "resource-groups-tagging-api": "tag",
  s3: "s3",
  "service-quotas": "servicequotas",
  sqs: "sqs",
  sts: "sts",
};

/** Operations whose action is called otherwise (Service Authorization Reference, Amazon S3). */
const otherwise: Readonly<Record<string, string>> = {
  "s3:DeleteObjects": "s3:DeleteObjectVersion",
  "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
  "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
  "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
  "s3:HeadBucket": "s3:ListBucket",
  "s3:ListObjectVersions": "s3:ListBucketVersions",
  "s3:ListObjectsV2": "s3:ListBucket",
  "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
  "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
  "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
};

/** What `aura init --github-role --bucket` does, with the rights of a person: others' states are in that bucket too. */
const onceByPerson = /^s3:(CreateBucket|PutBucket\w+|PutEncryptionConfiguration|PutLifecycleConfiguration)$/;

/** Everybody may ask who they are. */
const always = ["sts:GetCallerIdentity"];

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
}

/** The actions behind the SDK's commands and paginators that a file imports. */
function actionsOf(source: string): string[] {
  const imports = source.matchAll(/import \{([^}]*)\} from "@aws-sdk\/client-([\w-]+)"/g);
  return [...imports].flatMap(([, names = "", client = ""]) =>
    [...names.matchAll(/\bpaginate(\w+)|(\w+)Command\b/g)].map(([, listed, called]) => {
      const action = `${services[client] ?? client}:${listed ?? called}`;
      return otherwise[action] ?? action;
    }),
  );
}

it("lets a workflow make every call Aura makes", () => {
  const scope = { partition: "aws", region: "us-east-1", account: "123456789012", cluster: "aura-dev" };
  const boundary = "arn:aws:iam::123456789012:policy/AuraWorkflowBoundary-aura-dev";
  const named = {
    environment: "dev",
    bucket: "b",
    role: "arn:aws:iam::123456789012:role/AuraWorkflow-aura-dev",
    boundary,
  };
  const allowed = Object.values(deployPolicies({ ...scope, ...named })).flatMap((list) =>
    list.flatMap(({ actions }) => actions),
  );
  const called = ["src/aws", "src/cli", "src/lifecycle"].flatMap((folder) => sources(folder).flatMap(actionsOf));
  expect(called.length).toBeGreaterThan(100);
  const owed = called.filter((action) => !onceByPerson.test(action));
  expect([...new Set(owed)].filter((action) => ![...allowed, ...always].includes(action))).toEqual([]);
});

it("lets a reaper make every call of a sweep", () => {
  const scope = { partition: "aws", region: "us-east-1", account: "123456789012", cluster: "aura-dev" };
  const allowed = Object.values(reaperPolicies({ ...scope, environment: "dev" })).flatMap((list) =>
    list.flatMap(({ actions }) => actions),
  );
  const called = new Set(sources("src/aws/sweep").flatMap(actionsOf));
  expect([...called].filter((action) => ![...allowed, ...always].includes(action))).toEqual([]);
  expect([...new Set(allowed)].filter((action) => !called.has(action))).toEqual([]);
});
