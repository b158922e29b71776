import { expect, test } from "vitest";

import { lineRenderer } from "../../src/cli/progress/lines.ts";
import { follow, renderView, viewState } from "../../src/cli/progress/live.ts";
import type { ResourceObserved, TimelineEntry } from "../../src/timeline/entries.ts";

const start = Date.UTC(2026, 0, 1);
const entry = (seconds: number, observed: Partial<ResourceObserved>): TimelineEntry => ({
  ...{ at: start + seconds * 1000, wall: start + seconds * 1000 },
  ...{ type: "resource", address: "module.eks.aws_eks_cluster.this", resourceType: "aws_eks_cluster" },
  ...{ action: "create", state: "started", done: 0, of: 4 },
  ...observed,
});
const vpc = { address: "module.vpc.aws_vpc.this", resourceType: "aws_vpc" };
const story = [
  entry(0, {}),
  entry(1, vpc),
  entry(3, { ...vpc, state: "succeeded", seconds: 2, done: 1 }),
  entry(590, { state: "succeeded", seconds: 590, done: 2 }),
  entry(600, { ...vpc, address: "module.vpc.aws_eip.nat", state: "failed", seconds: 1, done: 2 }),
  entry(601, { ...vpc, address: "module.vpc.aws_route.nat", state: "succeeded", seconds: 1, done: 4 }),
];

test("plain lines tell what took long or failed", () => {
  expect(story.map(lineRenderer()).filter((line) => line !== undefined)).toEqual([
    "+09:50  resource 2/4 create module.eks.aws_eks_cluster.this, 9 min 50 s",
    "+10:00  resource create of module.vpc.aws_eip.nat failed after 1.0 s",
    "+10:01  resource 4/4 create module.vpc.aws_route.nat, 1.0 s",
  ]);
});

const rows = (entries: readonly TimelineEntry[], seconds: number) => {
  const view = viewState(start);
  for (const one of entries) follow(view, one);
  return renderView(view, start + seconds * 1000).slice(2);
};

test("the live view shows what Terraform is at", () => {
  expect(rows(story.slice(0, 3), 200)).toEqual([
    "  terraform  1/4         ▰▰▰▱▱▱▱▱▱▱▱▱",
    "  create     3 min 20 s  module.eks.aws_eks_cluster.this",
  ]);
});

test("the live view counts what it has no room for", () => {
  const many = Array.from({ length: 7 }, (_, index) => entry(index, { address: `aws_eip.nat${index}`, of: 7 }));
  expect(rows(many, 10).slice(-2)).toEqual(["  create     7.0 s   aws_eip.nat3", "  and                3 more"]);
});

test("the end of the step ends the bar", () => {
  const end: TimelineEntry = {
    ...{ at: start, wall: start, type: "step", phase: "deploy", step: "terraform", state: "failed" },
  };
  expect(rows([...story.slice(0, 2), end], 10)).toEqual([]);
});
