import { expect, it } from "vitest";

import { accountOf } from "../../../src/aws/doctor/account.ts";
import { clusterFindings } from "../../../src/aws/doctor/cluster-name.ts";
import { identityFindings } from "../../../src/aws/doctor/identity.ts";
import { versionFindings } from "../../../src/aws/doctor/kubernetes-version.ts";
import { offeringFindings } from "../../../src/aws/doctor/offerings.ts";
import { regionFindings } from "../../../src/aws/doctor/region.ts";
import { ensureSpotRole, spotRoleFindings } from "../../../src/aws/doctor/spot-role.ts";
import { zoneFindings } from "../../../src/aws/doctor/zones.ts";
import { type Answers, clientsOf, environmentOf, exception, now } from "./world.ts";

const account = (answers: Answers, yaml?: string) => accountOf(clientsOf(answers), environmentOf(yaml));
const identity = { account: "123456789012", arn: "arn:aws:iam::123456789012:user/me", expiresAt: undefined };

it.each([
  ["opt-in-not-required", "ok", undefined],
  ["opted-in", "ok", undefined],
  ["not-opted-in", "problem", "aws account enable-region --region-name us-east-1 (takes minutes)"],
  [undefined, "problem", "aws ec2 describe-regions --all-regions --query 'Regions[].RegionName'"],
])("judges a region that is %s", async (OptInStatus, status, fix) => {
  const Regions = OptInStatus === undefined ? [] : [{ RegionName: "us-east-1", OptInStatus }];
  const [finding] = await regionFindings(account({ DescribeRegions: () => ({ Regions }) }));
  expect(finding).toMatchObject({ status });
  expect(finding?.fix).toBe(fix);
});

it.each([
  [{ ZoneId: "use1-az1", State: "available" }, undefined],
  [
    { ZoneId: "use1-az3", State: "available" },
    "us-east-1b is use1-az3 in this account, where EKS runs no control plane",
  ],
  [{ ZoneId: "use1-az2", State: "impaired" }, "us-east-1b is impaired"],
  [{ ZoneId: "x", State: "available", ZoneType: "local-zone" }, "us-east-1b is a local-zone"],
  [undefined, "us-east-1b is none of this account's zones"],
])("judges zones: %j", async (zone, says) => {
  const good = ["us-east-1a", "us-east-1c"].map((ZoneName, index) => ({
    ZoneName,
    ZoneId: `use1-az${index + 4}`,
    State: "available",
  }));
  const AvailabilityZones = [...good, ...(zone === undefined ? [] : [{ ZoneName: "us-east-1b", ...zone }])];
  const [finding] = await zoneFindings(account({ DescribeAvailabilityZones: () => ({ AvailabilityZones }) }));
  if (says === undefined) return expect(finding?.says).toBe("us-east-1a (use1-az4), us-east-1b (use1-az1)");
  expect(finding).toMatchObject({ status: "problem", says, fix: "zones: [us-east-1a, us-east-1c] in aura.yaml" });
});

const days = (count: number) => new Date(now + count * 86_400_000);
it.each([
  ["standard-support", "STANDARD_SUPPORT", days(200), "ok"],
  ["standard-support", undefined, days(200), "ok"],
  ["standard-support", "STANDARD_SUPPORT", days(60), "ok"],
  ["standard-support", "STANDARD_SUPPORT", days(59), "warning"],
  ["standard-support", "STANDARD_SUPPORT", days(-1), "warning"],
  ["extended-support", "EXTENDED_SUPPORT", days(-30), "problem"],
  ["unsupported", "UNSUPPORTED", days(-300), "problem"],
  [undefined, undefined, undefined, "problem"],
])("judges a version: %s %s until %s", async (status, versionStatus, endOfStandardSupportDate, expected) => {
  const own = status === undefined ? [] : [{ clusterVersion: "1.36", status, versionStatus, endOfStandardSupportDate }];
  const newest = { clusterVersion: "1.37", versionStatus: "STANDARD_SUPPORT" };
  // two pages: the version is on the second
  const pages = [{ clusterVersions: [newest], nextToken: "2" }, { clusterVersions: own }];
  const answers = {
    DescribeClusterVersions: ({ nextToken }: Readonly<Record<string, unknown>>) => pages[nextToken === "2" ? 1 : 0],
    DescribeCluster: () => throwing(exception("ResourceNotFoundException")),
  };
  const [finding] = await versionFindings(account(answers), now);
  expect(finding?.status).toBe(expected);
  if (expected !== "ok") expect(finding?.fix).toContain('cluster: { version: "1.37" }');
});

it.each([
  ["dev", "1.36", "warning"],
  ["dev", "1.35", "problem"],
  ["prod", "1.36", "problem"],
])("lets a cluster go on with its version: %s %s", async (name, version, expected) => {
  const tags = { "managed-by": "aura", "aura:environment": name };
  const clusterVersions = [{ clusterVersion: "1.36", versionStatus: "EXTENDED_SUPPORT" }];
  const answers = {
    DescribeClusterVersions: () => ({ clusterVersions }),
    DescribeCluster: () => ({ cluster: { version, tags } }),
  };
  expect((await versionFindings(account(answers), now))[0]?.status).toBe(expected);
});

it.each([
  [undefined, "ok", "the name aura-dev is free"],
  [{ "managed-by": "aura", "aura:environment": "dev" }, "ok", "this environment's (ACTIVE)"],
  [{ "managed-by": "aura", "aura:environment": "prod" }, "problem", "its tags do not say"],
  [{ "aura:environment": "dev" }, "problem", "its tags do not say"],
  [{}, "problem", "its tags do not say"],
])("judges a cluster of that name with tags %j", async (tags, status, says) => {
  const DescribeCluster = () => {
    if (tags === undefined) throw exception("ResourceNotFoundException");
    return { cluster: { status: "ACTIVE", tags } };
  };
  const [finding] = await clusterFindings(account({ DescribeCluster }));
  expect(finding).toMatchObject({ status, says: expect.stringContaining(says) });
});

it.each([
  [[], { account: "ok", credentials: "ok" }],
  [["123456789012"], { account: "ok", credentials: "ok" }],
  [["210987654321"], { account: "problem", credentials: "ok" }],
])("judges the account where %j may be touched", (accounts, expected) => {
  const environment = { ...environmentOf(), aws: { ...environmentOf().aws, accounts } };
  const found = identityFindings(identity, environment, now);
  expect(Object.fromEntries(found.map(({ check, status }) => [check, status]))).toEqual(expected);
});

it("warns of root and of credentials that end soon", () => {
  const root = { ...identity, arn: "arn:aws:iam::123456789012:root", expiresAt: now + 600_000 };
  const found = identityFindings(root, environmentOf(), now);
  expect(found.map(({ check, status }) => `${check} ${status}`)).toEqual([
    "account ok",
    "credentials warning",
    "expiry warning",
  ]);
  expect(found.at(-1)?.says).toBe("the credentials end in 10 min 00 s");
  expect(identityFindings({ ...root, expiresAt: now + 3_600_000 }, environmentOf(), now).at(-1)?.status).toBe("ok");
});

const offers = (offered: Readonly<Record<string, readonly string[]>>) => ({
  DescribeInstanceTypeOfferings: () => ({
    InstanceTypeOfferings: Object.entries({ "t3.large": ["us-east-1a"], ...offered }).flatMap(([InstanceType, zones]) =>
      zones.map((Location) => ({ InstanceType, Location })),
    ),
  }),
});

it("says which zones offer what, and which would", async () => {
  const some = await offeringFindings(
    account(offers({ "g4dn.xlarge": ["us-east-1a", "us-east-1b"], "g5.xlarge": ["us-east-1c"] })),
  );
  expect(some.at(-1)).toMatchObject({
    status: "warning",
    says: "g4dn in all 2 zones; g5 nowhere",
    fix: "zones: in aura.yaml; there are us-east-1a, us-east-1b (g4dn); us-east-1c (g5)",
  });
  const none = await offeringFindings(account(offers({ "g5.xlarge": ["us-east-1c"] })));
  expect(none.map(({ status }) => status)).toEqual(["ok", "problem"]);
  expect(none.at(-1)?.fix).toBe("zones: in aura.yaml; there are us-east-1c (g5)");
  const nowhere = await offeringFindings(account(offers({ "t3.large": [] })));
  expect(nowhere.map(({ status }) => status)).toEqual(["problem", "problem"]);
});

it("looks for the spot role where a pool may need it", async () => {
  const GetRole = () => {
    throw exception("NoSuchEntityException");
  };
  const [finding] = await spotRoleFindings(account({ GetRole }));
  expect(finding).toMatchObject({ status: "ok", says: expect.stringContaining("a deploy makes it") });
  const onDemand = "pools: { cpu: { families: [m7i], capacityTypes: [on-demand] } }";
  expect(await spotRoleFindings(account({ GetRole }, onDemand))).toEqual([]);
});

it.each([
  ["made", () => ({}), true],
  ["made by somebody else meanwhile", () => taken(), false],
])("the spot role is %s", async (_, CreateServiceLinkedRole, made) => {
  const GetRole = () => {
    throw exception("NoSuchEntityException");
  };
  expect(await ensureSpotRole(clientsOf({ GetRole, CreateServiceLinkedRole }))).toBe(made);
});

function taken(): never {
  throw exception("InvalidInput", "Service role name AWSServiceRoleForEC2Spot has been taken in this account");
}

function throwing(error: Error): never {
  throw error;
}
