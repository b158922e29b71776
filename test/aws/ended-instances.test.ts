import { expect, it } from "vitest";

import { endedInstances } from "../../src/aws/ended-instances.ts";
import { fakeAws, tagList } from "./sweep/fake-aws.ts";

const launched = Date.UTC(2026, 10, 25, 8);

const instance = (tags: Readonly<Record<string, string>>, rest: object = {}) => ({
  ...{ InstanceType: "g5.xlarge", LaunchTime: new Date(launched), Placement: { AvailabilityZone: "us-east-1b" } },
  StateTransitionReason: "User initiated (2026-11-25 08:03:06 GMT)",
  Tags: tagList(tags),
  ...rest,
});

const own = { "karpenter.sh/nodeclaim": "gpu-1", "karpenter.sh/nodepool": "gpu", Name: "ip-10-0-1-2.ec2.internal" };

async function ended(...pages: readonly object[][]) {
  const inputs: { readonly Filters: readonly { readonly Name: string; readonly Values: readonly string[] }[] }[] = [];
  const { clients } = fakeAws({
    DescribeInstances: (input) => {
      inputs.push(input);
      const more = inputs.length < pages.length ? { NextToken: "more" } : {};
      return { Reservations: [{ Instances: pages[inputs.length - 1] }], ...more };
    },
  });
  return { found: await endedInstances(clients, { cluster: "aura-dev", run: "dev-1" }), inputs };
}

it("tells what a terminated instance was", async () => {
  const { found } = await ended([instance(own)]);
  expect(found).toEqual([
    {
      name: "gpu-1",
      facts: {
        ...{ node: "ip-10-0-1-2.ec2.internal", pool: "gpu", instanceType: "g5.xlarge", capacityType: "on-demand" },
        ...{ zone: "us-east-1b", gpus: 1, gpu: "a10g" },
      },
      launchedAt: launched,
      endedAt: Date.UTC(2026, 10, 25, 8, 3, 6),
    },
  ]);
});

it("does not invent what EC2 leaves out", async () => {
  const taken = "Server.SpotInstanceTermination: Spot instance termination";
  const spot = { InstanceLifecycle: "spot", StateTransitionReason: taken, InstanceType: "x9.huge" };
  const { found } = await ended([instance({ "karpenter.sh/nodeclaim": "gpu-1", Name: "" }, spot)]);
  const facts = { instanceType: "x9.huge", capacityType: "spot", zone: "us-east-1b" };
  expect(found).toEqual([{ name: "gpu-1", facts, launchedAt: launched }]);
});

it("asks for the run's own, page by page", async () => {
  const { found, inputs } = await ended([instance(own)], [instance({ ...own, "karpenter.sh/nodeclaim": "gpu-2" })]);
  expect(found.map(({ name }) => name)).toEqual(["gpu-1", "gpu-2"]);
  expect(inputs[0]?.Filters.map(({ Name, Values }) => `${Name}=${Values}`)).toEqual([
    "tag:eks:eks-cluster-name=aura-dev",
    "tag:aura:run=dev-1",
    "tag-key=karpenter.sh/nodeclaim",
    "instance-state-name=terminated",
  ]);
});
