import { CreateVpcCommand, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { CreateClusterCommand } from "@aws-sdk/client-eks";
import { CreateServiceLinkedRoleCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";

import type { Finding } from "../../../src/aws/doctor/finding.ts";
import { ensureSpotRole } from "../../../src/aws/doctor/spot-role.ts";
import { project } from "../../journeys/harness.ts";
import { type Aws, onAws } from "./aws.ts";
import { AwsError } from "./front-reply.ts";

const environment = `version: 1
name: dev
region: us-east-1
target: aws
zones: [us-east-1a, us-east-1b]
pools:
  cpu: { families: [m7i, c7i], limits: { cpu: 16 } }
  gpu: { families: [g4dn, g5, g6], limits: { gpus: 4 } }
`;

interface Answer {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

await onAws("aura doctor on moto and the front", (aws) => {
  const doctor = async (yaml = environment) => {
    const made = await project({ environment: yaml });
    Object.assign(made, { env: { ...aws().env, PATH: process.env["PATH"] ?? "" } });
    const { code, json, stderr } = await made.aura("doctor", "-o", "json");
    const { findings } = json<Answer>();
    const of = (group: string) => findings.filter((one) => one.group === group && group !== "tools");
    const statuses = Object.fromEntries(findings.map(({ group, check, status }) => [`${group}: ${check}`, status]));
    return {
      code,
      stderr,
      findings,
      of,
      statuses,
      find: (check: string) => findings.find((one) => one.check === check),
    };
  };

  test("looks at everything and changes nothing", async () => {
    const { of, findings } = await doctor();
    const groups = ["account", "region", "capacity", "quotas", "state", "price"];
    for (const group of groups) expect(of(group).map(({ check, status }) => [check, status])).not.toEqual([]);
    expect(
      findings.filter(({ group, status }) => group !== "tools" && status !== "ok").map(({ check }) => check),
    ).toEqual([]);
    const calls = Object.entries(aws().front.calls());
    expect(calls.filter(([name]) => !/:(Describe|Get|List|Head)/.test(name))).toEqual([]);
    expect(calls.reduce((sum, [, times]) => sum + times, 0)).toBeLessThan(40);
  });

  test("finds quotas used by what runs (front, moto)", async () => {
    const image = { ImageId: "ami-12c6146b", MinCount: 3, MaxCount: 3, InstanceType: "g5.12xlarge" as const };
    await aws().inside.ec2.send(new RunInstancesCommand(image));
    const { find } = await doctor();
    expect(find("pool gpu, on-demand")).toMatchObject({ status: "ok", value: "192 vCPU, 144 used by others" });
    await aws().inside.ec2.send(new RunInstancesCommand({ ...image, MinCount: 1, MaxCount: 1 }));
    expect((await doctor()).find("pool gpu, on-demand")).toMatchObject({
      status: "warning",
      value: "192 vCPU, 192 used by others",
    });
  });

  test("blocks where a new account has no GPUs (front)", async () => {
    for (const operation of ["GetServiceQuota", "GetAWSDefaultServiceQuota"])
      aws().front.answer("ServiceQuotas", operation, ({ input }) => {
        const code = `${input["QuotaCode"]}`;
        if (operation === "GetServiceQuota") throw new AwsError("NoSuchResourceException", "none of its own");
        return { Quota: { QuotaCode: code, QuotaName: `quota ${code}`, Value: code === "L-1216C47A" ? 32 : 0 } };
      });
    const { code, statuses, stderr } = await doctor();
    expect(code).toBe(2);
    expect(statuses).toMatchObject({
      "quotas: pool gpu, spot": "problem",
      "quotas: pool gpu, on-demand": "problem",
      "quotas: pool cpu, spot": "warning",
      "quotas: pool cpu, on-demand": "ok",
    });
    expect(stderr).toContain('pool gpu, spot: "quota L-3819A6DF" (L-3819A6DF) in us-east-1 is 0 vCPU');
  });

  test("finds VPCs at their limit", async () => {
    for (let octet = 1; octet < 5; octet += 1)
      await aws().inside.ec2.send(new CreateVpcCommand({ CidrBlock: `10.${octet}.0.0/16` }));
    expect((await doctor()).find("VPCs")).toMatchObject({
      status: "problem",
      value: "5, 5 used by others",
      fix: expect.stringContaining("--service-code vpc --quota-code L-F678F1CE --desired-value 6"),
    });
  });

  test.each([
    [undefined, "problem"],
    [{ "managed-by": "aura", "aura:environment": "dev" }, "ok"],
  ])("tells whose cluster has the name: %j", async (tags, status) => {
    await createCluster(aws(), tags);
    const { find } = await doctor();
    expect(find("cluster")).toMatchObject({ status });
    // whose ever it is, no other of that name is wanted
    expect(find("EKS clusters")?.value).toBe("100, 0 used by others");
  });

  test("makes the spot role once", async () => {
    expect(await ensureSpotRole(aws().clients())).toBe(true);
    // moto names the role otherwise than IAM does, and so it is IAM's refusal that tells
    expect(await ensureSpotRole(aws().clients())).toBe(false);
  });

  test("takes a spot role that was made meanwhile (front)", async () => {
    await aws().inside.iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: "spot.amazonaws.com" }));
    const end = aws().front.answer("IAM", "GetRole", () => {
      throw new AwsError("NoSuchEntity", "not yet", 404);
    });
    aws().front.answer("IAM", "CreateServiceLinkedRole", () => {
      throw new AwsError("InvalidInput", "Service role name AWSServiceRoleForEC2Spot has been taken in this account");
    });
    expect(await ensureSpotRole(aws().clients())).toBe(false);
    end();
  });

  test("says what of a bucket is not right", async () => {
    await aws().inside.s3.send(new CreateBucketCommand({ Bucket: "aura-123456789012-us-east-1" }));
    expect((await doctor()).find("state bucket")).toMatchObject({
      status: "warning",
      value: expect.stringContaining("to mend"),
    });
  });

  test.each(["EC2", "EKS", "ServiceQuotas", "IAM"])("goes on where %s denies all (front)", async (service) => {
    aws().front.fault({ kind: "denied", service });
    const { findings, statuses } = await doctor();
    const skipped = findings.filter(({ status }) => status === "skipped");
    expect(skipped.length).toBeGreaterThan(0);
    for (const { needed } of skipped) expect(needed).toMatch(new RegExp(`^${service.toLowerCase()}:`));
    expect(statuses).toMatchObject({ "account: account": "ok", "state: state bucket": "ok" });
    expect(findings.filter(({ group, status }) => group !== "tools" && status === "problem")).toEqual([]);
  });

  test("stops at credentials that have expired (front)", async () => {
    aws().front.fault({ kind: "expired" });
    const { code, of } = await doctor();
    expect(code).toBe(2);
    expect(of("account").map(({ status }) => status)).toEqual(["problem", "skipped"]);
    expect(of("region")).toEqual([]);
    expect(of("price").map(({ status }) => status)).toEqual(["ok", "ok", "ok"]);
  });

  test("lives with throttling (front)", async () => {
    aws().front.fault({ kind: "throttle", service: "EC2", every: 2, times: 6 });
    const { findings } = await doctor();
    expect(findings.filter(({ status }) => status === "skipped")).toEqual([]);
  });

  test("suggests zones that have what is wanted", async () => {
    const yaml = environment
      .replace("[us-east-1a, us-east-1b]", "[us-east-1e, us-east-1f]")
      .replace("[g4dn, g5, g6]", "[p4d]");
    const { of, code } = await doctor(yaml);
    expect(code).toBe(2);
    const pool = of("capacity").find(({ check }) => check === "pool gpu");
    expect(pool).toMatchObject({ status: "problem", fix: expect.stringMatching(/us-east-1[a-d] \(p4d\)/) });
  });
});

async function createCluster({ inside }: Aws, tags: Readonly<Record<string, string>> | undefined): Promise<void> {
  const roleArn = "arn:aws:iam::123456789012:role/cluster";
  const resourcesVpcConfig = { subnetIds: ["subnet-1"] };
  await inside.eks.send(
    new CreateClusterCommand({ name: "aura-dev", roleArn, resourcesVpcConfig, ...(tags && { tags }) }),
  );
}
