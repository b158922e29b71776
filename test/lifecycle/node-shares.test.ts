import { expect, test } from "vitest";

import { nodeShares } from "../../src/lifecycle/node-shares.ts";
import type { PodObserved, TimelineEntry } from "../../src/timeline/entries.ts";

const requests = { cpuMillis: 0, memoryMib: 0, gpus: 0 };
const pod = (at: number, uid: string, state: PodObserved["state"], node = "n1") => ({
  at,
  observation: { type: "pod", namespace: "default", name: uid, uid, state, node, requests } as const,
});
const known = (...list: { at: number; observation: object }[]) =>
  list.map(({ at, observation }) => ({ at, wall: 0, ...observation })) as TimelineEntry[];
const node = (at: number, name: string, state: string) => ({
  at,
  observation: { type: "node", name, node: "n1", state },
});

test("overlapping pods are one share", () => {
  const shares = nodeShares([]);
  shares.hear(pod(5, "a", "scheduled"));
  expect(shares.news()).toEqual([{ name: "n1", node: "n1", from: 5 }]);
  shares.hear(pod(8, "b", "scheduled"));
  shares.hear(pod(9, "a", "succeeded"));
  expect(shares.news()).toEqual([]);
  shares.hear(pod(20, "b", "failed"));
  shares.hear(pod(25, "b", "gone"));
  expect(shares.news()).toEqual([{ name: "n1", node: "n1", from: 5, to: 20 }]);
});

test("a gap between jobs is not counted", () => {
  const shares = nodeShares([]);
  shares.hear(pod(5, "a", "scheduled"));
  shares.hear(pod(9, "a", "succeeded"));
  expect(shares.news()).toEqual([{ name: "n1", node: "n1", from: 5, to: 9 }]);
  shares.hear(pod(50, "b", "scheduled"));
  shares.hear(pod(60, "b", "gone"));
  expect(shares.news()).toEqual([{ name: "n1 (2)", node: "n1", from: 50, to: 60 }]);
});

test("clocks that disagree count nothing twice", () => {
  const shares = nodeShares([]);
  shares.hear(pod(5, "a", "scheduled"));
  shares.hear(pod(9, "a", "succeeded"));
  shares.news();
  shares.hear(pod(8, "b", "scheduled"));
  expect(shares.news()).toEqual([{ name: "n1 (2)", node: "n1", from: 9 }]);
});

test("each node has shares of its own", () => {
  const shares = nodeShares([]);
  shares.hear(pod(5, "a", "scheduled"));
  shares.hear(pod(6, "b", "scheduled", "n2"));
  expect(shares.news().map(({ name }) => name)).toEqual(["n1", "n2"]);
});

test("a later command goes on where one stopped", () => {
  const entries = known(
    pod(5, "a", "scheduled"),
    node(5, "n1", "launched"),
    pod(9, "a", "succeeded"),
    node(9, "n1", "gone"),
    pod(50, "b", "scheduled"),
    node(50, "n1 (2)", "launched"),
  );
  const shares = nodeShares(entries);
  for (const each of [pod(5, "a", "scheduled"), pod(9, "a", "succeeded"), pod(50, "b", "scheduled")]) shares.hear(each);
  expect(shares.news()).toEqual([{ name: "n1 (2)", node: "n1", from: 50 }]);
  shares.hear(pod(70, "b", "succeeded"));
  expect(shares.news()).toEqual([{ name: "n1 (2)", node: "n1", from: 50, to: 70 }]);
});
