import { expect, test } from "vitest";

import type { Node, NodeClaim } from "../../src/cluster/objects.ts";
import { nodeGone, nodeObservations, shareObservations } from "../../src/lifecycle/node-observations.ts";

const at = (seconds: number) => Date.UTC(2026, 0, 1, 0, 0, seconds);
const time = (seconds: number) => new Date(at(seconds)).toISOString();
const unpriced = () => undefined;
const priced = () => ({ usdPerHour: 0.3, onDemandUsdPerHour: 1, estimated: true });

const states = (list: { at: number; observation: { state: string } }[]) =>
  list.map(({ at: when, observation }) => [observation.state, (when - at(0)) / 1000]);

const claim: NodeClaim = {
  apiVersion: "karpenter.sh/v1",
  kind: "NodeClaim",
  metadata: {
    name: "gpu-x1",
    creationTimestamp: time(0),
    labels: {
      "karpenter.sh/nodepool": "gpu",
      "karpenter.sh/capacity-type": "spot",
      "node.kubernetes.io/instance-type": "g5.xlarge",
      "topology.kubernetes.io/zone": "us-east-1a",
      "karpenter.k8s.aws/instance-gpu-name": "a10g",
      "karpenter.k8s.aws/instance-gpu-count": "1",
    },
    annotations: { "aura.dev/usd-per-hour": "0.4", "aura.dev/on-demand-usd-per-hour": "1.006" },
  },
  spec: { requirements: [], nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: "gpu" } },
  status: {
    nodeName: "ip-1",
    conditions: [
      { type: "Launched", status: "True", lastTransitionTime: time(3) },
      { type: "Registered", status: "True", lastTransitionTime: time(60) },
      { type: "Initialized", status: "False", lastTransitionTime: time(60) },
    ],
  },
};

test("a NodeClaim tells what was reached and what it is", () => {
  const list = nodeObservations(claim, unpriced);
  expect(states(list)).toEqual([
    ["requested", 0],
    ["launched", 3],
    ["registered", 60],
  ]);
  expect(list[1]?.observation).toEqual({
    type: "node",
    name: "gpu-x1",
    state: "launched",
    node: "ip-1",
    pool: "gpu",
    instanceType: "g5.xlarge",
    capacityType: "spot",
    zone: "us-east-1a",
    gpu: "a10g",
    gpus: 1,
    usdPerHour: 0.4,
    onDemandUsdPerHour: 1.006,
  });
});

test("a NodeClaim without an instance has no price", () => {
  const { labels: _, annotations: __, ...metadata } = claim.metadata;
  const [requested] = nodeObservations({ ...claim, metadata, status: {} }, unpriced);
  expect(requested?.observation).toEqual({ type: "node", name: "gpu-x1", state: "requested" });
});

test("a removed NodeClaim is gone", () => {
  expect(nodeGone(claim, 9, unpriced)).toMatchObject({
    at: 9,
    observation: { state: "gone", instanceType: "g5.xlarge" },
  });
});

test("a claim without a price gets the target's", () => {
  const { annotations: _, ...metadata } = claim.metadata;
  const [requested] = nodeObservations({ ...claim, metadata }, priced);
  const price = { usdPerHour: 0.3, onDemandUsdPerHour: 1, priceEstimated: true };
  expect(requested?.observation).toMatchObject(price);
  expect(nodeObservations(claim, priced)[0]?.observation).toMatchObject({ usdPerHour: 0.4 });
});

test("a reserved node counts as on demand", () => {
  const labels = { ...claim.metadata.labels, "karpenter.sh/capacity-type": "reserved" };
  const reserved = { ...claim, metadata: { ...claim.metadata, labels } };
  expect(nodeObservations(reserved, unpriced)[0]?.observation).toMatchObject({ capacityType: "on-demand" });
});

const node = (labels: Record<string, string>): Node =>
  ({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "n1", labels },
    status: { allocatable: { "nvidia.com/gpu": "4" } },
  }) as Node;

test.each([
  [{ "eks.amazonaws.com/capacityType": "SPOT" }, "spot"],
  [{ "cloud.google.com/gke-spot": "true" }, "spot"],
  [{ "kubernetes.azure.com/scalesetpriority": "spot" }, "spot"],
  [{ "eks.amazonaws.com/capacityType": "ON_DEMAND" }, "on-demand"],
  [{}, "on-demand"],
])("a shared node with %j is %s", (labels, capacityType) => {
  const share = { name: "n1", node: "n1", from: at(0) };
  expect(shareObservations(share, node(labels), unpriced)[0]?.observation).toMatchObject({ capacityType, gpus: 4 });
});

test("a share lasts from binding to end", () => {
  const share = { name: "n1 (2)", node: "n1", from: at(5), to: at(30) };
  const labels = { "node.kubernetes.io/instance-type": "g5.xlarge", "topology.kubernetes.io/zone": "us-east-1a" };
  const list = shareObservations(share, node(labels), priced);
  expect(states(list)).toEqual([
    ["launched", 5],
    ["ready", 5],
    ["gone", 30],
  ]);
  expect(list[0]?.observation).toMatchObject({
    name: "n1 (2)",
    node: "n1",
    instanceType: "g5.xlarge",
    usdPerHour: 0.3,
  });
});

test("a node nobody can read has no facts", () => {
  const share = { name: "n1", node: "n1", from: at(5) };
  const [launched] = shareObservations(share, undefined, priced);
  expect(launched?.observation).toEqual({
    type: "node",
    name: "n1",
    node: "n1",
    state: "launched",
    reason: expect.stringContaining("counted while pods of this run are on it"),
  });
});
