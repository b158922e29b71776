import { expect, it } from "vitest";

import { accountOf } from "../../../src/aws/doctor/account.ts";
import { computeQuotaFindings } from "../../../src/aws/doctor/compute-quotas.ts";
import { clientsOf, environmentOf, exception } from "./world.ts";

interface World {
  readonly yaml?: string;
  /** By code; what is absent is AWS's default of 0. */
  readonly quotas: Readonly<Record<string, number>>;
  readonly running?: readonly object[];
  readonly offered?: readonly string[];
}

const standard = { "L-1216C47A": 64, "L-34B43A08": 64 };
const [gSpot, gDemand] = ["L-3819A6DF", "L-DB2E81BA"];

async function findings({ yaml, quotas, running = [], offered }: World) {
  const environment = environmentOf(yaml);
  const types = offered ?? ["g4dn.xlarge", "g4dn.2xlarge", "g5.xlarge", "m7i.large", "m7i.xlarge", "t3.large"];
  const clients = clientsOf({
    DescribeInstanceTypeOfferings: () => ({
      InstanceTypeOfferings: types.map((InstanceType) => ({ InstanceType, Location: "us-east-1a" })),
    }),
    DescribeInstances: () => ({ Reservations: [{ Instances: running }] }),
    DescribeInstanceTypes: () => ({
      InstanceTypes: [{ InstanceType: "x2idn.metal", VCpuInfo: { DefaultVCpus: 128 } }],
    }),
    GetServiceQuota: ({ QuotaCode }) => {
      const Value = quotas[`${QuotaCode}`];
      if (Value === undefined) throw exception("NoSuchResourceException");
      return { Quota: { QuotaCode, QuotaName: `quota ${QuotaCode}`, Value } };
    },
    GetAWSDefaultServiceQuota: ({ QuotaCode }) => ({ Quota: { QuotaName: `default ${QuotaCode}`, Value: 0 } }),
  });
  const found = await computeQuotaFindings(accountOf(clients, environment));
  return { found, statuses: Object.fromEntries(found.map(({ check, status }) => [check, status])) };
}

const gpu = (spot: string, onDemand: string) => ({ "pool gpu, spot": spot, "pool gpu, on-demand": onDemand });

it.each([
  ["both are enough for all", { [gSpot]: 16, [gDemand]: 16 }, gpu("ok", "ok")],
  ["one makes up for the other's limit", { [gSpot]: 8, [gDemand]: 16 }, gpu("ok", "ok")],
  ["neither reaches the pool's limit", { [gSpot]: 8, [gDemand]: 8 }, gpu("warning", "warning")],
  ["no spot, on-demand is enough", { [gDemand]: 16 }, gpu("warning", "ok")],
  ["no on-demand, spot is enough", { [gSpot]: 16 }, gpu("ok", "warning")],
  ["too small for the smallest type", { [gSpot]: 3, [gDemand]: 3 }, gpu("problem", "problem")],
  ["a new account", {}, gpu("problem", "problem")],
])("judges a pool: %s", async (_, quotas, expected) => {
  const { statuses } = await findings({ quotas: { ...standard, ...quotas } });
  expect(statuses).toEqual({ "system nodes, on-demand": "ok", ...expected });
});

it("names quota, value, need, region and what raises it", async () => {
  const { found } = await findings({ quotas: standard });
  expect(found.find(({ check }) => check === "pool gpu, spot")).toEqual({
    group: "quotas",
    check: "pool gpu, spot",
    status: "problem",
    says: '"default L-3819A6DF" (L-3819A6DF) in us-east-1 is 0 vCPU, 0 used by others; needed are 4 vCPU for one g4dn.xlarge, 16 for the pool\'s 4 GPUs',
    value: "0 vCPU, 0 used by others",
    needed: "4 vCPU for one g4dn.xlarge, 16 for the pool's 4 GPUs",
    why: "AWS gives a new account none of these and raises the quota when asked",
    fix: "aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-3819A6DF --desired-value 16 --region us-east-1 (or https://us-east-1.console.aws.amazon.com/servicequotas/home/services/ec2/quotas/L-3819A6DF)",
  });
});

it("takes off what runs, each from its quota", async () => {
  const running = [
    { InstanceType: "g5.2xlarge", InstanceLifecycle: "spot" },
    { InstanceType: "g5.xlarge" },
    { InstanceType: "m7i.xlarge" },
    { InstanceType: "x2idn.metal" },
    { InstanceType: "g5.48xlarge", Placement: { Tenancy: "host" } },
    { InstanceType: "p5.48xlarge", InstanceLifecycle: "capacity-block" },
  ];
  const { found } = await findings({ quotas: { ...standard, [gSpot]: 20, [gDemand]: 20 }, running });
  expect(found.map(({ value }) => value)).toEqual([
    "64 vCPU, 4 used by others",
    "20 vCPU, 8 used by others",
    "20 vCPU, 4 used by others",
  ]);
  expect(found.map(({ status }) => status)).toEqual(["ok", "ok", "ok"]);
});

it("keeps room for the system nodes", async () => {
  const yaml = "pools: { cpu: { families: [m7i], capacityTypes: [on-demand], limits: { cpu: 4 } } }";
  const { statuses } = await findings({ yaml, quotas: { "L-1216C47A": 5 } });
  expect(statuses).toEqual({ "system nodes, on-demand": "ok", "pool cpu, on-demand": "problem" });
});

it("does not hold its own nodes against it", async () => {
  const Tags = [{ Key: "kubernetes.io/cluster/aura-dev", Value: "owned" }];
  const running = [
    { InstanceType: "g5.4xlarge", InstanceLifecycle: "spot", Tags },
    { InstanceType: "t3.large", Tags },
  ];
  const { found } = await findings({ quotas: { ...standard, [gSpot]: 16, [gDemand]: 16 }, running });
  expect(found.map(({ status, value }) => `${status} ${value}`)).toEqual([
    "ok 64 vCPU, 0 used by others",
    "ok 16 vCPU, 0 used by others",
    "ok 16 vCPU, 0 used by others",
  ]);
});

it("asks for each quota once", async () => {
  let asked = 0;
  const GetServiceQuota = () => {
    asked += 1;
    return { Quota: { Value: 64 } };
  };
  const account = accountOf(clientsOf({ GetServiceQuota }), environmentOf());
  await Promise.all([account.quota("ec2", "L-1"), account.quota("ec2", "L-1"), account.quota("ec2", "L-2")]);
  expect(asked).toBe(2);
});

it("blocks a pool that is only on a market without it", async () => {
  const offered = ["p6-b200.48xlarge", "t3.large"];
  const only = await findings({
    yaml: "pools: { big: { families: [p6-b200], capacityTypes: [spot] } }",
    quotas: standard,
    offered,
  });
  expect(only.found.at(-1)).toMatchObject({ status: "problem", says: "p6-b200: not sold on spot" });
  const both = await findings({
    yaml: "pools: { big: { families: [p6-b200] } }",
    quotas: { ...standard, "L-417A185B": 192 },
    offered,
  });
  expect(both.statuses).toMatchObject({ "pool big, spot": "ok", "pool big, on-demand": "ok" });
});
