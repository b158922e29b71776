import { expect, it } from "vitest";

import { awsFindings, preflightProblems } from "../../../src/aws/doctor/doctor.ts";
import { priceBook } from "../../../src/aws/prices/price-book.ts";
import type { Commands } from "../../../src/kernel/commands.ts";
import { Failure } from "../../../src/kernel/failure.ts";
import { type Answers, clientsOf, environmentOf, exception, now } from "./world.ts";

const versions: Readonly<Record<string, string>> = { tofu: '{"terraform_version": "1.12.6"}', helm: "v4.1.4+gabc" };
const commands = (outputs = versions): Commands => ({
  find: async (name) => (outputs[name] === undefined ? undefined : `/bin/${name}`),
  run: async ({ command }) => ({ code: 0, signal: null, stdout: outputs[command.slice(5)] ?? "", stderr: "" }),
});

/** An account in which all is well. */
const good: Answers = {
  GetCallerIdentity: () => ({ Account: "123456789012", Arn: "arn:aws:iam::123456789012:user/me" }),
  DescribeCluster: () => {
    throw exception("ResourceNotFoundException");
  },
  GetRole: () => ({}),
  DescribeRegions: () => ({ Regions: [{ RegionName: "us-east-1", OptInStatus: "opted-in" }] }),
  DescribeAvailabilityZones: () => ({
    AvailabilityZones: ["a", "b"].map((letter) => ({ ZoneName: `us-east-1${letter}`, State: "available" })),
  }),
  DescribeClusterVersions: () => ({ clusterVersions: [{ clusterVersion: "1.36", status: "standard-support" }] }),
  DescribeInstanceTypeOfferings: () => ({
    InstanceTypeOfferings: ["t3.large", "g4dn.xlarge", "g5.xlarge"].map((InstanceType) => ({
      InstanceType,
      Location: "us-east-1a",
    })),
  }),
  DescribeInstances: () => ({}),
  DescribeVpcs: () => ({ Vpcs: [{}] }),
  DescribeAddresses: () => ({ Addresses: [] }),
  ListClusters: () => ({ clusters: [] }),
  GetServiceQuota: () => ({ Quota: { QuotaName: "some", Value: 64 } }),
  HeadBucket: () => {
    throw exception("NotFound", "NotFound", 404);
  },
};
const denied = (call: string) => () => {
  throw new Failure("AWS_DENIED", `the credentials do not allow this (${call}: not authorized)`);
};
const input = (answers: Answers, outputs = versions) => ({
  environment: environmentOf(),
  clients: clientsOf({ ...good, ...answers }),
  commands: commands(outputs),
  env: {},
  now,
});
const look = (answers: Answers, outputs = versions) =>
  awsFindings(input(answers, outputs), async () => priceBook({ region: "us-east-1", zones: [], instanceTypes: [] }));

it("finds nothing wrong in a good account", async () => {
  const findings = await look({});
  expect(findings.filter(({ status }) => status !== "ok" && status !== "skipped")).toEqual([]);
  expect([...new Set(findings.map(({ group }) => group))]).toEqual([
    ...["tools", "account", "region", "capacity", "quotas", "state", "price"],
  ]);
  expect(await preflightProblems(input({}))).toEqual([]);
});

it.each([
  ["DescribeRegions", "EC2:DescribeRegions", "region", "ec2:DescribeRegions"],
  ["GetServiceQuota", "ServiceQuotas:GetServiceQuota", "vCPUs", "servicequotas:GetServiceQuota"],
  ["GetRole", "IAM:GetRole", "spot role", "iam:GetRole"],
  ["HeadBucket", "S3:HeadBucket", "state bucket", "s3:ListBucket"],
])("a denied %s stops no other check", async (operation, call, check, action) => {
  const findings = await look({ [operation]: denied(call) });
  expect(findings.filter(({ status }) => status === "problem").map(({ check: name }) => name)).toEqual(
    operation === "HeadBucket" ? ["state bucket"] : [],
  );
  if (operation !== "HeadBucket")
    expect(findings.find((one) => one.check === check)).toMatchObject({ status: "skipped", needed: action });
  expect(findings.find((one) => one.check === "zones")?.status).toBe("ok");
});

it("looks no further without credentials", async () => {
  const GetCallerIdentity = () => {
    throw new Failure("AWS_CREDENTIALS", "no AWS credentials were found", { fix: "aws configure sso" });
  };
  const findings = await look({ GetCallerIdentity });
  expect(findings.filter(({ group }) => group !== "tools" && group !== "price")).toEqual([
    {
      group: "account",
      check: "credentials",
      status: "problem",
      says: "no AWS credentials were found",
      fix: "aws configure sso",
    },
    {
      group: "account",
      check: "the rest",
      status: "skipped",
      says: "not looked at: no answer to who the credentials are of",
    },
  ]);
});

it("does not look into an account it may not touch", async () => {
  const environment = { ...environmentOf(), aws: { ...environmentOf().aws, accounts: ["210987654321"] } };
  const only = { GetCallerIdentity: good["GetCallerIdentity"] ?? (() => ({})) };
  const problems = await preflightProblems({ ...input({}), environment, clients: clientsOf(only) });
  expect(problems).toEqual([
    'account: the credentials are for 123456789012, and aws.accounts allows 210987654321; fix: export AWS_PROFILE=… of 210987654321, or add "123456789012" to aws.accounts in aura.yaml',
  ]);
});

it.each([
  [{ ...versions, tofu: '{"terraform_version": "1.9.4"}' }, ["tofu"]],
  [{ helm: "v3.14.0", terraform: '{"terraform_version": "1.10.0"}' }, []],
  [{ tofu: versions["tofu"] ?? "" }, ["helm"]],
  [{}, ["tofu", "helm"]],
])("tools %j lack %j", async (outputs, expected) => {
  const findings = await look({}, outputs as Record<string, string>);
  expect(findings.flatMap(({ status, check }) => (status === "problem" ? [check] : []))).toEqual(expected);
});
