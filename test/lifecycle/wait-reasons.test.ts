import { expect, test } from "vitest";

import type { KubeEvent } from "../../src/cluster/objects.ts";
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
  const explain = waitReasons();
  return events.flatMap(explain).map(({ observation }) => `${observation.pod}: ${observation.reason}`);
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
