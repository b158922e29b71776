import { describe, expect, it } from "vitest";

import type { Remain } from "../../../src/aws/sweep/kind.ts";
import { kinds } from "../../../src/aws/sweep/kinds.ts";
import { removeRemains } from "../../../src/aws/sweep/remove.ts";
import { sweep } from "../../../src/aws/sweep/sweep.ts";
import { Failure } from "../../../src/kernel/failure.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import { awsError, fakeAws, hastyClock, scope, tagList } from "./fake-aws.ts";

const remain = (kind: string, id = kind): Remain => ({
  kind,
  id,
  name: id,
  region: "us-east-1",
  why: "billed",
  evidence: ["a", "b"],
  fix: `aws remove ${id}`,
});

const throwing = (name: string) => () => {
  throw awsError(name);
};

describe("removing remains", () => {
  it("goes in the order in which things can go", async () => {
    const random = seededRandom(5);
    const shuffled = kinds.map(({ name }) => remain(name)).toSorted(() => random.next() - 0.5);
    const { removed, left } = await removeRemains(fakeAws({}).clients, shuffled, { clock: hastyClock() });
    expect(left).toEqual([]);
    expect(removed.map(({ kind }) => kind)).toEqual(kinds.map(({ name }) => name));
    const at = (kind: string) => removed.findIndex((one) => one.kind === kind);
    for (const [first, then] of [
      ["EKS node group", "EC2 instance"],
      ["EKS node group", "EKS cluster"],
      ["EC2 instance", "network interface"],
      ["load balancer", "target group"],
      ["NAT gateway", "Elastic IP"],
      ["network interface", "security group"],
      ["security group", "VPC"],
      ["subnet", "VPC"],
      ["instance profile", "IAM role"],
      ["IAM role", "IAM policy"],
    ] as const)
      expect(at(first), `${first} before ${then}`).toBeLessThan(at(then));
  });

  it("awaits a NAT gateway before its address", async () => {
    let looks = 0;
    const { clients, calls } = fakeAws({
      DescribeNatGateways: () => {
        looks += 1;
        return { NatGateways: [{ NatGatewayId: "nat-1", State: looks < 4 ? "deleting" : "deleted" }] };
      },
    });
    const found = [remain("Elastic IP", "eipalloc-1"), remain("NAT gateway", "nat-1")];
    const { left } = await removeRemains(clients, found, { clock: hastyClock() });
    expect(left).toEqual([]);
    expect(looks).toBe(4);
    expect(calls.indexOf("ReleaseAddress eipalloc-1")).toBe(calls.length - 1);
  });

  it("counts as removed what is gone already", async () => {
    const { clients } = fakeAws({ DeleteVolume: throwing("InvalidVolume.NotFound") });
    const told: string[] = [];
    const onRemoved = ({ id }: Remain) => told.push(id);
    const done = await removeRemains(clients, [remain("EBS volume")], { clock: hastyClock(), onRemoved });
    expect([done.removed.length, done.left, told]).toEqual([1, [], ["EBS volume"]]);
  });

  it("tries what is held again, with growing pauses", async () => {
    let tries = 0;
    const { clients } = fakeAws({
      DeleteSubnet: () => {
        tries += 1;
        if (tries < 7) throw awsError("DependencyViolation");
        return {};
      },
    });
    const clock = hastyClock();
    const { removed } = await removeRemains(clients, [remain("subnet")], { clock });
    expect(removed).toHaveLength(1);
    expect(clock.pauses).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000]);
  });

  it("tries an address again that EC2 says is another's", async () => {
    let tries = 0;
    const { clients } = fakeAws({
      ReleaseAddress: () => {
        tries += 1;
        if (tries < 3) throw awsError("AuthFailure", "You do not have permission to access the specified resource.");
        return {};
      },
    });
    const { left } = await removeRemains(clients, [remain("Elastic IP")], { clock: hastyClock() });
    expect([left, tries]).toEqual([[], 3]);
  });

  it("gives up what stays held, and says why", async () => {
    const { clients } = fakeAws({ DeleteVpc: throwing("DependencyViolation") });
    const clock = hastyClock();
    const { left } = await removeRemains(clients, [remain("VPC")], { clock });
    expect(left[0]?.reason).toBe("DependencyViolation: DependencyViolation");
    expect(clock.pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThan(150_000);
  });

  it("does not repeat what is refused, and goes on", async () => {
    const { clients, calls } = fakeAws({ TerminateInstances: throwing("OperationNotPermitted") });
    const found = [remain("EC2 instance", "i-1"), remain("EBS volume", "vol-1")];
    const { removed, left } = await removeRemains(clients, found, { clock: hastyClock() });
    expect(removed.map(({ id }) => id)).toEqual(["vol-1"]);
    expect(left.map(({ reason }) => reason)).toEqual(["OperationNotPermitted: OperationNotPermitted"]);
    expect(calls.filter((call) => call.startsWith("Terminate"))).toHaveLength(2);
  });

  it("tries again in a round what another thing held", async () => {
    let isVpcGone = false;
    const { clients } = fakeAws({
      DeleteSecurityGroup: () => {
        if (!isVpcGone) throw awsError("CannotDelete");
        return {};
      },
      DeleteVpc: () => {
        isVpcGone = true;
        return {};
      },
    });
    const { left } = await removeRemains(clients, [remain("security group"), remain("VPC")], { clock: hastyClock() });
    expect(left).toEqual([]);
  });

  it("says that something asked to go is still there", async () => {
    const { clients } = fakeAws({
      DescribeCluster: () => ({ cluster: { name: "aura-dev", status: "DELETING" } }),
    });
    const { left } = await removeRemains(clients, [remain("EKS cluster", "aura-dev")], { clock: hastyClock() });
    expect(left[0]?.reason).toBe("still there after 30 min 00 s");
  });

  it("revokes rules between groups before it deletes", async () => {
    const pair = (GroupId: string) => ({
      IpProtocol: "tcp",
      FromPort: 443,
      ToPort: 443,
      UserIdGroupPairs: [{ GroupId }],
      IpRanges: [{ CidrIp: "10.0.0.0/8" }],
    });
    const revoked: object[] = [];
    const { clients, calls } = fakeAws({
      DescribeSecurityGroups: () => ({
        SecurityGroups: [
          { GroupId: "sg-1", IpPermissions: [pair("sg-2")] },
          { GroupId: "sg-2", IpPermissions: [{ IpProtocol: "-1" }], IpPermissionsEgress: [pair("sg-1")] },
        ],
      }),
      RevokeSecurityGroupIngress: (input) => {
        revoked.push(input);
        return {};
      },
    });
    await removeRemains(clients, [remain("security group", "sg-1"), remain("security group", "sg-2")], {
      clock: hastyClock(),
    });
    expect(calls.map((call) => call.split(" ")[0])).toEqual([
      "DescribeSecurityGroups",
      "RevokeSecurityGroupIngress",
      "RevokeSecurityGroupEgress",
      "DeleteSecurityGroup",
      "DeleteSecurityGroup",
    ]);
    expect(JSON.stringify(revoked)).not.toContain("IpRanges");
  });

  it("takes the roles out of a profile first", async () => {
    const { clients, calls } = fakeAws({
      GetInstanceProfile: () => ({ InstanceProfile: { Roles: [{ RoleName: "KarpenterNodeRole-aura-dev" }] } }),
    });
    await removeRemains(clients, [remain("instance profile", "p")], { clock: hastyClock() });
    expect(calls).toEqual(["GetInstanceProfile p", "RemoveRoleFromInstanceProfile p", "DeleteInstanceProfile p"]);
  });

  it("believes no answer that says it failed", async () => {
    const Unsuccessful = [{ ResourceId: "fl-1", Error: { Code: "UnauthorizedOperation", Message: "no" } }];
    const { clients } = fakeAws({ DeleteFlowLogs: () => ({ Unsuccessful }) });
    const { left } = await removeRemains(clients, [remain("flow log", "fl-1")], { clock: hastyClock() });
    expect(left.map(({ reason }) => reason)).toEqual(["UnauthorizedOperation: no"]);
  });

  it("stops where credentials have expired", async () => {
    const { clients, calls } = fakeAws({
      DeleteVolume: () => {
        throw new Failure("AWS_CREDENTIALS", "the AWS credentials have expired");
      },
    });
    const removing = removeRemains(clients, [remain("EBS volume"), remain("VPC")], { clock: hastyClock() });
    await expect(removing).rejects.toMatchObject({ code: "AWS_CREDENTIALS" });
    expect(calls).toEqual(["DeleteVolume EBS volume"]);
  });

  it("stops waiting when it is told to", async () => {
    const stop = new AbortController();
    const { clients } = fakeAws({
      DeleteVpc: () => {
        stop.abort(new Failure("INTERRUPTED", "stopped by SIGINT"));
        throw awsError("DependencyViolation");
      },
    });
    const removing = removeRemains(clients, [remain("VPC")], { clock: hastyClock(), signal: stop.signal });
    await expect(removing).rejects.toMatchObject({ code: "INTERRUPTED" });
  });
});

describe("sweeping in rounds", () => {
  const Tags = tagList({ "aura:environment": "dev", "managed-by": "aura" });

  it("finds what comes into sight later", async () => {
    const there = new Set(["vol-1"]);
    const { clients } = fakeAws({
      DescribeVolumes: () => ({ Volumes: [...there].map((VolumeId) => ({ VolumeId, Tags })) }),
      DeleteVolume: ({ VolumeId }) => {
        there.delete(VolumeId);
        if (VolumeId === "vol-1") there.add("vol-2");
        return {};
      },
    });
    const { removed, last } = await sweep(clients, scope, { clock: hastyClock() });
    expect(removed.map(({ id }) => id)).toEqual(["vol-1", "vol-2"]);
    expect(last.found).toEqual([]);
  });

  it("ends when a round changes nothing", async () => {
    const { clients, calls } = fakeAws({
      DescribeVolumes: () => ({ Volumes: [{ VolumeId: "vol-1", Tags }] }),
      DeleteVolume: throwing("OperationNotPermitted"),
    });
    const { removed, left, last } = await sweep(clients, scope, { clock: hastyClock() });
    expect([removed, last.found.map(({ id }) => id)]).toEqual([[], ["vol-1"]]);
    expect(left.map(({ reason }) => reason)).toEqual(["OperationNotPermitted: OperationNotPermitted"]);
    expect(calls.filter((call) => call.startsWith("DeleteVolume"))).toHaveLength(1);
  });
});
