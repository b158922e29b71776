import { describe, expect, it } from "vitest";

import { clusterInstances, terminateInstances } from "../../../src/aws/sweep/cluster-instances.ts";
import { crossCheck } from "../../../src/aws/sweep/cross-check.ts";
import { expiredEnvironments } from "../../../src/aws/sweep/expired.ts";
import { deleteLogGroup } from "../../../src/aws/sweep/log-group.ts";
import { sweepObstacles } from "../../../src/aws/sweep/obstacles.ts";
import { awsError, fakeAws, hastyClock, scope, tagList } from "./fake-aws.ts";

const aura = { "aura:environment": "dev", "managed-by": "aura" };
const missing = () => {
  throw awsError("ResourceNotFoundException");
};

describe("a cluster's instances", () => {
  const instance = (InstanceId: string, tags: Record<string, string>, state = "running") => ({
    InstanceId,
    InstanceType: "g5.xlarge",
    State: { Name: state },
    Tags: tagList(tags),
  });
  const karpenter = { "eks:eks-cluster-name": "aura-dev", "karpenter.sh/nodepool": "gpu" };

  it("are Karpenter's, not those of the system nodes", async () => {
    const Instances = [
      instance("i-1", karpenter),
      instance("i-2", { "eks:cluster-name": "aura-dev", "eks:nodegroup-name": "system" }),
      instance("i-3", karpenter, "shutting-down"),
      instance("i-4", { ...karpenter, "eks:eks-cluster-name": "aura-prod" }),
    ];
    const { clients } = fakeAws({ DescribeInstances: () => ({ Reservations: [{ Instances }] }) });
    expect((await clusterInstances(clients, scope)).map(({ id }) => id)).toEqual(["i-1"]);
  });

  it("are not taken for none when unseen", async () => {
    const { clients } = fakeAws({
      DescribeInstances: () => {
        throw awsError("InternalError");
      },
    });
    await expect(clusterInstances(clients, scope)).rejects.toMatchObject({ code: "AWS_ERROR" });
  });

  it("are awaited until they are terminated", async () => {
    let looks = 0;
    const { clients } = fakeAws({
      DescribeInstances: () => {
        looks += 1;
        const state = looks < 4 ? "shutting-down" : "terminated";
        return { Reservations: [{ Instances: [instance("i-1", karpenter, looks === 1 ? "running" : state)] }] };
      },
      DescribeVpcs: () => ({}),
    });
    const found = [{ ...scope, kind: "EC2 instance", id: "i-1", name: "i-1", why: "", evidence: [], fix: "" }];
    const { removed } = await terminateInstances(clients, found, { clock: hastyClock() });
    expect([removed.length, looks]).toEqual([1, 4]);
  });
});

describe("what is in a destroy's way", () => {
  const answers = {
    DescribeNetworkInterfaces: () => ({
      NetworkInterfaces: [{ NetworkInterfaceId: "eni-1", Status: "available", TagSet: tagList(aura) }],
    }),
    DescribeSecurityGroups: () => ({
      SecurityGroups: ["eks-cluster-sg-aura-dev-1234567890", "aura-dev-node"].map((GroupName) => ({
        GroupId: GroupName,
        GroupName,
        Tags: tagList(aura),
      })),
    }),
  };

  it("keeps the cluster's group while there is a cluster", async () => {
    const { clients } = fakeAws({ ...answers, DescribeCluster: () => ({ cluster: { name: "aura-dev" } }) });
    const { removed } = await sweepObstacles(clients, scope, { clock: hastyClock() });
    expect(removed.map(({ id }) => id)).toEqual(["eni-1"]);
  });

  it("takes the cluster's group with it afterwards", async () => {
    const { clients } = fakeAws({ ...answers, DescribeCluster: missing });
    const { removed } = await sweepObstacles(clients, scope, { clock: hastyClock() });
    expect(removed.map(({ id }) => id)).toEqual(["eni-1", "eks-cluster-sg-aura-dev-1234567890"]);
  });
});

describe("what controllers left in a destroy's way", () => {
  it("goes, and Terraform's own stays", async () => {
    const profile = (InstanceProfileName: string, Path: string) => ({
      InstanceProfileName,
      Path,
      Tags: tagList({ ...aura, "eks:eks-cluster-name": "aura-dev" }),
    });
    const own = profile("KarpenterNodeRole-aura-dev", "/");
    const karpenters = profile("aura-dev_1", "/karpenter/us-east-1/aura-dev/1/");
    const group = (GroupName: string, tags: Record<string, string>) => ({
      GroupId: GroupName,
      GroupName,
      Tags: tagList(tags),
    });
    const { clients } = fakeAws({
      DescribeCluster: () => ({ cluster: { name: "aura-dev", tags: aura } }),
      ListInstanceProfiles: () => ({ InstanceProfiles: [karpenters] }),
      GetInstanceProfile: (input: { InstanceProfileName?: string }) => ({
        InstanceProfile: [own, karpenters].find(({ InstanceProfileName: name }) => name === input.InstanceProfileName),
      }),
      DescribeSecurityGroups: () => ({
        SecurityGroups: [
          group("k8s-traffic", { "elbv2.k8s.aws/cluster": "aura-dev", "service.k8s.aws/stack": "default/web" }),
          group("aura-dev-node", aura),
        ],
      }),
    });
    const { removed } = await sweepObstacles(clients, scope, { clock: hastyClock() });
    expect(removed.map(({ id }) => id).toSorted()).toEqual(["aura-dev_1", "k8s-traffic"]);
  });
});

describe("a cluster's log group", () => {
  it("is deleted by its exact name", async () => {
    const { clients, calls } = fakeAws({});
    expect(await deleteLogGroup(clients, "aura-dev")).toBe(true);
    expect(calls).toEqual(["DeleteLogGroup /aws/eks/aura-dev/cluster"]);
  });

  it("may be gone already", async () => {
    expect(await deleteLogGroup(fakeAws({ DeleteLogGroup: missing }).clients, "aura-dev")).toBe(false);
  });
});

describe("expired environments", () => {
  const now = Date.UTC(2026, 10, 25);
  const past = "2026-11-24T00:00:00Z";
  const tagged = (id: string, environment: string, at?: string) =>
    tagList({ "aura:environment": environment, "managed-by": "aura", ...(at && { "aura:expires-at": at }) }).map(
      (tag) => ({ ...tag, ResourceId: id }),
    );

  it("are those whose every thing has expired", async () => {
    const Tags = [
      ...tagged("vpc-1", "dead", past),
      ...tagged("i-1", "dead", "2026-11-20T00:00:00Z"),
      ...tagged("i-2", "dead"),
      ...tagged("vpc-2", "renewed", past),
      ...tagged("i-3", "renewed", "2026-11-26T00:00:00Z"),
      ...tagged("vpc-3", "lasting", "never"),
      ...tagged("vpc-4", "unknown"),
      ...tagged("vpc-5", "others", past).filter(({ Key }) => Key !== "managed-by"),
    ];
    const { clients } = fakeAws({ DescribeTags: () => ({ Tags }) });
    expect(await expiredEnvironments(clients, { now })).toEqual([
      { environment: "dead", cluster: "aura-dead", expiredAt: past, things: 2 },
    ]);
  });

  it("are seen by clusters and the index too", async () => {
    const tags = { "aura:environment": "queue", "managed-by": "aura", "aura:expires-at": past };
    const outliving = tagList({ ...tags, "aura:environment": "iam", "aura:expires-at": past });
    const { clients, calls } = fakeAws({
      ListClusters: () => ({ clusters: ["aura-gone", "aura-dead", "somebody-elses"] }),
      DescribeCluster: ({ name }) => {
        if (name === "aura-gone") throw awsError("ResourceNotFoundException");
        return { cluster: { tags: { ...tags, "aura:environment": "dead" } } };
      },
      GetResources: () => ({
        ResourceTagMappingList: [
          { ResourceARN: "arn:aws:sqs:us-east-1:123456789012:aura-queue", Tags: tagList(tags) },
          { ResourceARN: "arn:aws:iam::123456789012:policy/AuraWorkflow-aura-iam-State", Tags: outliving },
        ],
      }),
    });
    const found = await expiredEnvironments(clients, { now });
    expect(found.map(({ environment }) => environment)).toEqual(["dead", "queue"]);
    expect(calls).not.toContain("DescribeCluster somebody-elses");
  });
});

describe("the cross-check by the index of tags", () => {
  const seen = { checked: [], found: [], unsure: [], ending: [], unchecked: [] };

  it("tells what an inventory did not see", async () => {
    const arns = ["instance/i-1", "vpc/vpc-9", "policy/AuraWorkflow-aura-dev-State"].map(
      (what) => `arn:aws:x:::${what}`,
    );
    const { clients } = fakeAws({
      GetResources: () => ({ ResourceTagMappingList: arns.map((ResourceARN) => ({ ResourceARN })) }),
    });
    const known = { ...scope, kind: "EC2 instance", id: "i-1", name: "i-1", why: "", evidence: [], fix: "" };
    expect(await crossCheck(clients, scope, { ...seen, found: [known] })).toEqual(["arn:aws:x:::vpc/vpc-9"]);
  });

  it("is done without where it is denied", async () => {
    const { clients } = fakeAws({
      GetResources: () => {
        throw awsError("AccessDeniedException");
      },
    });
    expect(await crossCheck(clients, scope, seen)).toBeUndefined();
  });
});
