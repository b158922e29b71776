import { expect, test } from "vitest";

import type { KubeEvent } from "../../src/cluster/objects.ts";
import { eventFilter } from "../../src/lifecycle/event-filter.ts";

function filter() {
  const told: (string | undefined)[] = [];
  return { told, ...eventFilter(({ message }) => void told.push(message)) };
}

const event = (involvedObject: object, message: string, reason = "Any"): KubeEvent =>
  ({ apiVersion: "v1", kind: "Event", metadata: {}, involvedObject, message, reason }) as KubeEvent;
const aboutPod = (uid: string, message: string, reason?: string) =>
  event({ kind: "Pod", namespace: "default", name: "train-0", uid }, message, reason);
const pod = (uid: string) => ({ kind: "Pod", metadata: { namespace: "default", name: "train-0", uid } });

test("events of others are not told", () => {
  const { told, hear, know } = filter();
  know(pod("ours"));
  hear(aboutPod("ours", "mine"));
  hear(aboutPod("earlier", "of an earlier pod with this name"));
  hear(event({ kind: "Node", name: "n1" }, "of a node"));
  expect(told).toEqual(["mine"]);
});

test("an event that came first waits", () => {
  const { told, hear, know } = filter();
  hear(aboutPod("ours", "early"));
  hear(event({ kind: "Node", name: "n1", uid: "n1" }, "node"));
  know(pod("ours"));
  know({ kind: "Node", metadata: { name: "n1", uid: "6f1c" } });
  expect(told).toEqual(["early", "node"]);
  know(pod("ours"));
  expect(told).toHaveLength(2);
});

test("a promised node is the run's concern", () => {
  const { told, hear, know } = filter();
  know(pod("ours"));
  hear(event({ kind: "NodeClaim", name: "theirs-x1" }, "no capacity"));
  hear(aboutPod("ours", "Pod should schedule on: nodeclaim/theirs-x1, node/n7", "Nominated"));
  expect(told).toEqual(["Pod should schedule on: nodeclaim/theirs-x1, node/n7", "no capacity"]);
});

test("what is kept is bounded", () => {
  const { told, hear, know } = filter();
  hear(aboutPod("ours", "first of many"));
  for (let index = 0; index < 5000; index += 1) hear(aboutPod(`other-${index}`, "noise"));
  know(pod("ours"));
  know(pod("other-4999"));
  expect(told).toEqual(["noise"]);
});
