import { expect, test } from "vitest";

import type { KubeEvent, NodeClaim } from "../../src/cluster/objects.ts";
import { lastReason, waitReasons } from "../../src/lifecycle/wait-reasons.ts";

function event(source: string, kind: string, name: string, reason: string, message: string): KubeEvent {
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "e", namespace: "default", creationTimestamp: "2026-01-01T00:00:00Z" },
    involvedObject: { kind, name, uid: `uid-of-${name}`, ...(kind === "Pod" && { namespace: "default" }) },
    reason,
    message,
    source: { component: source },
  } as KubeEvent;
}

const scheduler = (message: string) => event("default-scheduler", "Pod", "train", "FailedScheduling", message);
const nominated = (pod: string, node: string) =>
  event("karpenter", "Pod", pod, "Nominated", `Pod should schedule on: ${node}`);

function reasons(...events: KubeEvent[]): string[] {
  const { ofEvent } = waitReasons();
  return events.flatMap(ofEvent).map(({ observation }) => `${observation.pod}: ${observation.reason}`);
}

test("the scheduler explains until Karpenter does", () => {
  expect(reasons(scheduler("0/1 nodes"), nominated("train", "nodeclaim/gpu-1"), scheduler("0/2 nodes"))).toEqual([
    "train: 0/1 nodes",
    "train: nodeclaim/gpu-1 is being made ready for it",
  ]);
});

test("Karpenter says why no pool fits", () => {
  const failed = event("karpenter", "Pod", "huge", "FailedScheduling", "no pool fits: pool cpu: has no GPU");
  expect(reasons(failed)).toEqual(["huge: no pool fits: pool cpu: has no GPU"]);
});

test("a failed launch is told to every pod it was for", () => {
  const failed = event("karpenter", "NodeClaim", "gpu-1", "InsufficientCapacityError", "no g5.xlarge left");
  const [first, second] = [nominated("a", "nodeclaim/gpu-1"), nominated("b", "nodeclaim/gpu-1")];
  expect(reasons(first, second, nominated("c", "nodeclaim/gpu-2"), failed).slice(3)).toEqual([
    "a: no g5.xlarge left",
    "b: no g5.xlarge left",
  ]);
});

test("a promise is told once, and again after a failure", () => {
  const failed = event("karpenter", "NodeClaim", "gpu-1", "InsufficientCapacityError", "no g5.xlarge left");
  const first = [nominated("a", "nodeclaim/gpu-1"), nominated("a", "node/gpu-1"), failed];
  expect(reasons(...first, nominated("a", "nodeclaim/gpu-2"))).toEqual([
    "a: nodeclaim/gpu-1 is being made ready for it",
    "a: no g5.xlarge left",
    "a: nodeclaim/gpu-2 is being made ready for it",
  ]);
});

test("a promise may name both claim and node", () => {
  const failed = event("karpenter", "NodeClaim", "gpu-1", "SpotInterrupted", "Spot interruption warning was triggered");
  expect(reasons(nominated("a", "nodeclaim/gpu-1, node/ip-10-0-1-5"), failed)).toEqual([
    "a: nodeclaim/gpu-1 is being made ready for it",
    "a: EC2 takes its spot instance back before it was ready",
  ]);
});

test("an interruption is no wait for who runs", () => {
  const scheduled = event("default-scheduler", "Pod", "a", "Scheduled", "Successfully assigned default/a to ip-1");
  const failed = event("karpenter", "NodeClaim", "gpu-1", "SpotInterrupted", "Spot interruption warning was triggered");
  expect(reasons(nominated("a", "nodeclaim/gpu-1"), scheduled, failed)).toHaveLength(1);
});

test("an autoscaler by another name is heard, too", () => {
  const message = "Failed to schedule pod, did not tolerate taint (taint=nvidia.com/gpu=true:NoSchedule)";
  const [auto, again] = [event("eks-auto-mode/compute", "Pod", "train", "FailedScheduling", message), scheduler("0/2")];
  expect(reasons(auto, again)).toEqual(["train: it does not tolerate the taint nvidia.com/gpu=true:NoSchedule"]);
});

test("the cluster autoscaler promises nodes, or says no", () => {
  const of = (reason: string, message: string) => event("cluster-autoscaler", "Pod", "train", reason, message);
  const grown = of("TriggeredScaleUp", "pod triggered scale-up: [{eks-gpu-40bd16d2 0->1 (max: 5)}]");
  const refused = of("NotTriggerScaleUp", "pod didn't trigger scale-up: 1 max node group size reached");
  expect(reasons(grown, scheduler("0/1 nodes"), refused)).toEqual([
    "train: a node of eks-gpu-40bd16d2 is being made ready for it",
    "train: the cluster's autoscaler adds no node for it: of its groups of nodes 1 at its greatest size",
  ]);
});

function claim(...conditions: object[]): NodeClaim {
  return { kind: "NodeClaim", metadata: { name: "gpu-1" }, status: { conditions } } as unknown as NodeClaim;
}
const unauthorized = {
  type: "Launched",
  status: "Unknown",
  reason: "Unauthorized",
  message:
    "Error creating fleet request: User is not authorized to perform this operation due to a permission boundary",
};

test.each([
  ["before", [true, false]],
  ["after", [false, true]],
])("a failed launch is heard of %s its pods", (_, [first, last]) => {
  const { ofEvent, ofClaim } = waitReasons();
  const early = first ? ofClaim(claim(unauthorized)) : [];
  const promised = ofEvent(nominated("a", "nodeclaim/gpu-1")).map(({ observation }) => observation);
  const late = last ? ofClaim(claim(unauthorized)) : [];
  expect([...early, ...promised, ...late].map(({ reason }) => reason)).toEqual([
    "nodeclaim/gpu-1 is being made ready for it",
    expect.stringMatching(/^its node cannot be launched: .* due to a permission boundary$/),
  ]);
});

test("other events explain nothing", () => {
  expect(reasons(event("kubelet", "Pod", "train", "Pulling", "Pulling image"))).toEqual([]);
  expect(reasons(event("karpenter", "NodeClaim", "gpu-1", "Launched", "Launched"))).toEqual([]);
});

test.each([
  [[], undefined],
  [["0/1 nodes"], "0/1 nodes"],
  [
    ["0/1 nodes", "no capacity", "nodeclaim/x is being made ready for it"],
    "no capacity; now nodeclaim/x is being made ready for it",
  ],
  [["nodeclaim/x is being made ready for it"], "nodeclaim/x is being made ready for it"],
])("of %j the cause is told", (all, expected) => {
  expect(lastReason(all)).toBe(expected);
});
