import { describe, expect, it } from "vitest";

import { inventory } from "../../../src/aws/sweep/inventory.ts";
import { kinds } from "../../../src/aws/sweep/kinds.ts";
import { Failure } from "../../../src/kernel/failure.ts";
import { awsError, fakeAws, scope, tagList } from "./fake-aws.ts";

const aura = tagList({ "aura:environment": "dev", "managed-by": "aura", "aura:expires-at": "2026-01-01T00:00:00Z" });
const only = (...names: string[]) => ({ kinds: kinds.filter(({ name }) => names.includes(name)) });

describe("an inventory", () => {
  it("finds nothing in an empty account", async () => {
    const missing = () => {
      throw awsError("ResourceNotFoundException");
    };
    const empty = fakeAws({ DescribeRule: missing, GetQueueUrl: missing, DescribeCluster: missing });
    const seen = await inventory(empty.clients, scope);
    expect(seen.checked).toEqual(kinds.map(({ name }) => name));
    expect([seen.found, seen.unsure, seen.ending, seen.unchecked]).toEqual([[], [], [], []]);
  });

  it("reads every page of a list", async () => {
    const pages: Record<string, object> = {
      first: { Volumes: [{ VolumeId: "vol-1", Tags: aura }], NextToken: "second" },
      second: { Volumes: [], NextToken: "third" },
      third: { Volumes: [{ VolumeId: "vol-2", Tags: aura }] },
    };
    const { clients } = fakeAws({ DescribeVolumes: ({ NextToken = "first" }) => pages[NextToken] ?? {} });
    const { found } = await inventory(clients, scope, only("EBS volume"));
    expect(found.map(({ id }) => id)).toEqual(["vol-1", "vol-2"]);
  });

  it("tells price, age, expiry, evidence and command", async () => {
    const instance = {
      InstanceId: "i-1",
      InstanceType: "g5.xlarge",
      State: { Name: "running" },
      LaunchTime: new Date("2025-12-31T00:00:00Z"),
      Tags: aura,
    };
    const Reservations = [{ OwnerId: scope.account, Instances: [instance] }];
    const { found } = await inventory(
      fakeAws({ DescribeInstances: () => ({ Reservations }) }).clients,
      scope,
      only("EC2 instance"),
    );
    expect(found).toEqual([
      {
        kind: "EC2 instance",
        id: "i-1",
        name: "i-1",
        region: "us-east-1",
        why: "billed by the second (g5.xlarge)",
        usdPerHour: 1.006,
        evidence: ["aura:environment=dev", "managed-by=aura"],
        state: "running",
        createdAt: "2025-12-31T00:00:00Z",
        expiresAt: "2026-01-01T00:00:00Z",
        fix: "aws ec2 terminate-instances --region us-east-1 --instance-ids i-1",
      },
    ]);
  });

  it("leaves what belongs to another account alone", async () => {
    const Subnets = [
      { SubnetId: "subnet-own", OwnerId: scope.account, Tags: aura },
      { SubnetId: "subnet-shared", OwnerId: "999999999999", Tags: aura },
    ];
    const { clients } = fakeAws({ DescribeSubnets: () => ({ Subnets }) });
    const { found, unsure } = await inventory(clients, scope, only("subnet"));
    expect([found.map(({ id }) => id), unsure]).toEqual([["subnet-own"], []]);
  });

  it.each([
    ["a stranger's", () => ({ cluster: { status: "ACTIVE", tags: { team: "others" } } }), []],
    ["not to be seen", () => Promise.reject(awsError("AccessDeniedException")), []],
    ["the environment's", () => ({ cluster: { tags: { "aura:environment": "dev", "managed-by": "aura" } } }), ["i-1"]],
    ["gone", () => Promise.reject(awsError("ResourceNotFoundException")), ["i-1"]],
  ])("takes nodes by a cluster's name when that is %s", async (_, DescribeCluster, ids) => {
    const Tags = tagList({ "eks:cluster-name": "aura-dev", "eks:nodegroup-name": "ng-1" });
    const Instances = [{ InstanceId: "i-1", State: { Name: "running" }, Tags }];
    const { clients } = fakeAws({ DescribeInstances: () => ({ Reservations: [{ Instances }] }), DescribeCluster });
    const { found } = await inventory(clients, scope, only("EC2 instance"));
    expect(found.map(({ id }) => id)).toEqual(ids);
  });

  it("tells what is going already apart", async () => {
    const NatGateways = ["available", "deleting"].map((State) => ({ NatGatewayId: `nat-${State}`, State, Tags: aura }));
    const { clients } = fakeAws({ DescribeNatGateways: () => ({ NatGateways }) });
    const { found, ending } = await inventory(clients, scope, only("NAT gateway"));
    expect([found, ending].map((list) => list.map(({ id }) => id))).toEqual([["nat-available"], ["nat-deleting"]]);
  });

  it("knows EKS's own group by its name, not another cluster's", async () => {
    const group = (GroupName: string, VpcId = "vpc-1") => ({ GroupId: GroupName, GroupName, VpcId });
    const { clients } = fakeAws({
      DescribeVpcs: () => ({ Vpcs: [{ VpcId: "vpc-1", Tags: aura }] }),
      DescribeSecurityGroups: () => ({
        SecurityGroups: [
          group("eks-cluster-sg-aura-dev-1234567890"),
          group("eks-cluster-sg-aura-dev-2-1234567890"),
          group("eks-cluster-sg-aura-dev-2-9876543210", "vpc-2"),
          group("default"),
        ],
      }),
    });
    const { found, unsure } = await inventory(clients, scope, only("security group"));
    expect(found.map(({ id }) => id)).toEqual(["eks-cluster-sg-aura-dev-1234567890"]);
    expect(unsure.map(({ id }) => id)).toEqual(["eks-cluster-sg-aura-dev-2-1234567890"]);
  });

  it("leaves interfaces of AWS's own services to them", async () => {
    const NetworkInterfaces = [
      { NetworkInterfaceId: "eni-1", Status: "available", TagSet: aura },
      { NetworkInterfaceId: "eni-2", Status: "available", TagSet: aura, RequesterManaged: true },
      { NetworkInterfaceId: "eni-3", Status: "in-use", TagSet: aura },
    ];
    const { clients } = fakeAws({ DescribeNetworkInterfaces: () => ({ NetworkInterfaces }) });
    const { found } = await inventory(clients, scope, only("network interface"));
    expect(found.map(({ id }) => id)).toEqual(["eni-1"]);
  });

  it("does not call absent what it may not look for", async () => {
    const { clients } = fakeAws({
      DescribeVolumes: () => {
        throw new Failure("AWS_DENIED", "the credentials do not allow this (EC2:DescribeVolumes: no)");
      },
    });
    const seen = await inventory(clients, scope);
    expect(seen.unchecked).toEqual([
      { kind: "EBS volume", why: "the credentials do not allow this (EC2:DescribeVolumes: no)" },
    ]);
    expect(seen.checked).not.toContain("EBS volume");
  });

  it("fails where the credentials are of no use", async () => {
    const { clients } = fakeAws({
      DescribeVolumes: () => {
        throw new Failure("AWS_CREDENTIALS", "the AWS credentials have expired");
      },
    });
    await expect(inventory(clients, scope)).rejects.toMatchObject({ code: "AWS_CREDENTIALS" });
  });

  it("fails with the signal's reason when stopped", async () => {
    const stop = new AbortController();
    const { clients } = fakeAws({
      DescribeVolumes: () => {
        stop.abort(new Failure("INTERRUPTED", "stopped by SIGINT"));
        throw awsError("AbortError");
      },
    });
    await expect(inventory(clients, scope, { signal: stop.signal })).rejects.toMatchObject({ code: "INTERRUPTED" });
  });

  it("takes a thing that goes while it looks for gone", async () => {
    const { clients } = fakeAws({
      ListNodegroups: () => ({ nodegroups: ["system"] }),
      DescribeNodegroup: () => {
        throw awsError("ResourceNotFoundException");
      },
    });
    const { found, unchecked } = await inventory(clients, scope, only("EKS node group"));
    expect([found, unchecked]).toEqual([[], []]);
  });
});
