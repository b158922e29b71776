import { CreateSubnetCommand, DescribeSecurityGroupsCommand } from "@aws-sdk/client-ec2";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { expect, it } from "vitest";

import { type AwsClients, awsClients } from "../../../src/aws/clients.ts";
import type { Inventory } from "../../../src/aws/sweep/inventory.ts";
import type { Remain } from "../../../src/aws/sweep/kind.ts";
import { kinds } from "../../../src/aws/sweep/kinds.ts";
import { sweep } from "../../../src/aws/sweep/sweep.ts";
import { hastyClock } from "../../aws/sweep/fake-aws.ts";
import { type Project, project } from "../../journeys/harness.ts";
import { type Aws, onAws } from "./aws.ts";
import { partition, type Seeded, seedVpc, seedWorld } from "./sweep-seed.ts";
import { loneWorld, world } from "./sweep-tags.ts";

interface Report {
  readonly ok: boolean;
  readonly error?: { readonly code: string; readonly message: string; readonly problems?: readonly string[] };
  readonly environments: readonly (Inventory & {
    readonly environment: string;
    readonly region: string;
    readonly removed: readonly Remain[];
  })[];
}

await onAws("sweeping an account that moto plays", (aws) => {
  it("removes every kind and touches no decoy", { timeout: 600_000 }, async () => {
    const { inside, front } = aws();
    const ours = await seedWorld(inside, world("dev"));
    const decoys: Record<string, readonly Seeded[]> = {
      "another environment's and cluster's": await seedWorld(inside, world("dev-2")),
      "one tag only": await seedWorld(inside, loneWorld("dev")),
      "right names, no tags": await seedWorld(
        inside,
        world("bare", () => ({})),
      ),
      "another account's": await seedWorld(await otherAccount(aws()), world("dev")),
    };
    const made = await person(aws());
    front.forget();
    const dry = await made.aura("sweep", "-o", "json");
    const looks = total(front.calls());
    expect(dry.code).toBe(0);
    const [listed] = dry.json<Report>().environments;
    expect(listed?.unchecked).toEqual([]);
    expect([...new Set(listed?.found.map(({ kind }) => kind))].toSorted()).toEqual(
      kinds.map(({ name }) => name).toSorted(),
    );
    expect((await partition(ours)).gone).toEqual([]);

    front.forget();
    const swept = await made.aura("sweep", "--delete", "--yes", "-o", "json");
    const calls = total(front.calls());
    const removed = swept.json<Report>().environments[0]?.removed ?? [];
    expect(swept.code).toBe(0);
    expect((await partition(ours)).there).toEqual([]);
    expect(removed.map(({ kind }) => kind).toSorted()).toEqual(ours.map(({ kind }) => kind).toSorted());

    const bare = await made.aura("sweep", "--environment", "bare", "--delete", "--yes", "-o", "json");
    expect(bare.json<Report>().environments[0]?.found).toEqual([]);
    const touched = await Promise.all(Object.values(decoys).map(async (things) => (await partition(things)).gone));
    expect(Object.fromEntries(Object.keys(decoys).map((why, index) => [why, touched[index]]))).toEqual(
      Object.fromEntries(Object.keys(decoys).map((why) => [why, []])),
    );
    tell({
      kinds: kinds.length,
      seeded: ours.length,
      found: listed?.found.length ?? 0,
      removed: removed.length,
      decoys: Object.values(decoys).flat().length,
      "decoys touched": touched.flat().length,
      "not sure": listed?.unsure.length ?? 0,
      "calls to AWS to look": looks,
      "calls to AWS to look, remove and look again": calls,
    });
  });

  it("removes only environments that have expired", { timeout: 300_000 }, async () => {
    const { clients } = aws();
    const until = (at: string) => (tags: object) => ({ ...tags, "aura:expires-at": at });
    const dead = await seedVpc(clients(), world("dead"));
    const abroad = await seedVpc(clients("eu-west-1"), world("abroad"));
    const alive = await seedVpc(clients(), world("alive", until("2999-01-01T00:00:00Z")));
    const never = await seedVpc(clients(), world("never", until("never")));
    const made = await person(aws());
    const one = ["--expired", "--environment", "alive", "--delete", "--yes", "-o", "json"];
    expect((await made.aura("sweep", ...one)).json<Report>().environments).toEqual([]);
    const argv = ["sweep", "--expired", "--regions", "us-east-1,eu-west-1", "--delete", "--yes", "-o", "json"];
    const swept = await made.aura(...argv);
    expect(swept.json<Report>().environments.map(({ environment, region }) => `${environment} ${region}`)).toEqual([
      "dead us-east-1",
      "abroad eu-west-1",
    ]);
    expect(swept.code).toBe(0);
    for (const things of [dead, abroad]) expect((await partition(things)).there).toEqual([]);
    for (const things of [alive, never]) expect((await partition(things)).gone).toEqual([]);
  });

  it("removes nothing when the answer is no", { timeout: 120_000 }, async () => {
    const seeded = await seedVpc(aws().inside, world("dev"));
    const made = await person(aws());
    for (const answer of [false, undefined]) {
      made.answer = answer;
      expect((await made.aura("sweep", "--delete")).code).toBe(3);
    }
    expect((await partition(seeded)).gone).toEqual([]);
  });

  it("says what it may not look for, and ends with 5", { timeout: 120_000 }, async () => {
    const seeded = await seedVpc(aws().inside, world("dev"));
    aws().front.fault({ kind: "denied", service: "EC2", operation: "DescribeVolumes" });
    const made = await person(aws());
    const dry = await made.aura("sweep", "-o", "json");
    const [listed] = dry.json<Report>().environments;
    expect(dry.code).toBe(5);
    expect(listed?.unchecked.map(({ kind }) => kind)).toEqual(["EBS volume"]);
    expect(listed?.checked).not.toContain("EBS volume");
    expect(listed?.found).toHaveLength(seeded.length);
    expect((await made.aura("sweep", "--delete", "--yes")).code).toBe(5);
    expect((await partition(seeded)).there).toEqual([]);
  });

  it("goes on after what it may not remove", { timeout: 120_000 }, async () => {
    const seeded = await seedVpc(aws().inside, world("dev"));
    aws().front.fault({ kind: "denied", service: "EC2", operation: "DeleteFlowLogs" });
    const made = await person(aws());
    const swept = await made.aura("sweep", "--delete", "--yes", "-o", "json");
    expect(swept.code).toBe(5);
    const { there } = await partition(seeded);
    expect(there.map((label) => label.split(" ")[0])).toEqual(["flow"]);
    expect(swept.json<Report>().error?.problems?.[0]).toMatch(
      /^flow log fl-\S+: .*not allow.*; billed by what it writes; aws ec2 delete-flow-logs --region us-east-1/,
    );
  });

  it("gets through throttling and failures of AWS", { timeout: 300_000 }, async () => {
    const seeded = await seedVpc(aws().inside, world("dev"));
    aws().front.fault({ kind: "throttle", every: 6 });
    aws().front.fault({ kind: "server-error", every: 11 });
    const made = await person(aws());
    expect((await made.aura("sweep", "--delete", "--yes")).code).toBe(0);
    expect((await partition(seeded)).there).toEqual([]);
  });

  it("stops at expired credentials and resumes with new ones", { timeout: 300_000 }, async () => {
    const seeded = await seedVpc(aws().inside, world("dev"));
    const made = await person(aws());
    aws().front.fault({ kind: "expired", accessKeyId: "AKIAIOSFODNN7EXAMPLE", operation: "DeleteSubnet" });
    const stopped = await made.aura("sweep", "--delete", "--yes", "-o", "json");
    expect([stopped.code, stopped.json<Report>().error?.code]).toEqual([2, "AWS_CREDENTIALS"]);
    const halfway = await partition(seeded);
    expect(halfway.gone.length).toBeGreaterThan(0);
    expect(halfway.there.length).toBeGreaterThan(0);
    made.env = { ...made.env, AWS_ACCESS_KEY_ID: "AKIANEW" };
    expect((await made.aura("sweep", "--delete", "--yes")).code).toBe(0);
    expect((await partition(seeded)).there).toEqual([]);
  });

  it("refuses an account that may not be touched", { timeout: 60_000 }, async () => {
    const made = await person(aws(), 'aws: { accounts: ["999999999999"] }\n');
    const refused = await made.aura("sweep", "--delete", "--yes", "-o", "json");
    expect([refused.code, refused.json<Report>().error?.code]).toEqual([2, "AWS_DENIED"]);
    expect(refused.stderr).toMatch(/123456789012[\s\S]*999999999999/);
  });

  it("leaves a VPC that holds somebody's subnet", { timeout: 120_000 }, async () => {
    const { inside } = aws();
    const seeded = await seedVpc(inside, world("dev"));
    const VpcId = seeded.find(({ kind }) => kind === "VPC")?.id;
    const foreign = await inside.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: "10.64.9.0/24" }));
    const scope = { ...world("dev"), account: "123456789012", region: "us-east-1" };
    const { left, last } = await sweep(inside, scope, { clock: hastyClock() });
    expect(left.map(({ remain: { id }, reason }) => [id, reason.split(":")[0]])).toEqual([
      [VpcId, "DependencyViolation"],
    ]);
    expect(last.found.map(({ id }) => id)).toEqual([VpcId]);
    expect(last.unsure.map(({ id }) => id)).toContain(foreign.Subnet?.SubnetId);
  });

  it("keeps the rules of groups that are not its own", { timeout: 120_000 }, async () => {
    const { inside } = aws();
    await seedVpc(inside, world("dev"));
    const others = await seedVpc(inside, world("dev-2"));
    const made = await person(aws());
    expect((await made.aura("sweep", "--delete", "--yes")).code).toBe(0);
    const GroupIds = others.filter(({ kind }) => kind === "security group").map(({ id }) => id);
    const { SecurityGroups = [] } = await inside.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds }));
    const referring = SecurityGroups.flatMap(({ IpPermissions = [] }) => IpPermissions);
    expect(referring.filter(({ UserIdGroupPairs = [] }) => UserIdGroupPairs.length > 0)).toHaveLength(2);
  });
});

/** A project folder whose commands work on the account. */
async function person({ env }: Aws, more = ""): Promise<Project> {
  const made = await project({ environment: `version: 1\nname: dev\nregion: us-east-1\ntarget: aws\n${more}` });
  made.env = env;
  return made;
}

/** Clients of an account that moto keeps apart: the key is of a role there. */
async function otherAccount({ env, inside }: Aws): Promise<AwsClients> {
  const RoleArn = "arn:aws:iam::111122223333:role/other";
  const { Credentials } = await inside.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "decoys" }));
  const keys = {
    AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey,
    AWS_SESSION_TOKEN: Credentials?.SessionToken,
  };
  return awsClients({ region: "us-east-1", env: { ...env, ...keys } });
}

const total = (calls: Readonly<Record<string, number>>) => Object.values(calls).reduce((sum, times) => sum + times, 0);

function tell(figures: Readonly<Record<string, number>>): void {
  for (const [name, figure] of Object.entries(figures)) console.log(`${name}: ${figure}`);
}
