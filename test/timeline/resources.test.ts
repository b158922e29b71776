import { expect, test } from "vitest";

import { renderMarkdown } from "../../src/report/markdown.ts";
import type { ResourceObserved } from "../../src/timeline/entries.ts";
import { timelineModel } from "../../src/timeline/model.ts";
import { at, start } from "./sample.ts";

const cluster = { address: "aws_eks_cluster.this", resourceType: "aws_eks_cluster" };
const seen = (second: number, observed: Partial<ResourceObserved>) =>
  at(second, {
    ...{ type: "resource", ...cluster, action: "create", state: "started", done: 0, of: 2 },
    ...observed,
  });

test("of several tries the last one counts", () => {
  const entries = [
    seen(0, {}),
    seen(5, { state: "failed", seconds: 5 }),
    seen(20, {}),
    seen(610, { state: "succeeded", seconds: 590, done: 1 }),
  ];
  expect(timelineModel(entries).resources).toEqual([
    { ...cluster, action: "create", state: "succeeded", seconds: 590, startedAt: start + 20_000 },
  ]);
});

test("making and removing are told apart", () => {
  const entries = [
    seen(10, { state: "succeeded", seconds: 10, done: 1 }),
    seen(99, { action: "delete", state: "succeeded", seconds: 30, done: 1 }),
  ];
  expect(timelineModel(entries).resources).toMatchObject([
    { action: "delete", seconds: 30, startedAt: start + 69_000 },
    { action: "create", seconds: 10, startedAt: start },
  ]);
});

test("a timeline that breaks off leaves them unfinished", () => {
  expect(timelineModel([seen(3, {})]).resources).toMatchObject([{ state: "unfinished", seconds: 0 }]);
});

test("the report shows the slowest ten and all failures", () => {
  const quick = Array.from({ length: 12 }, (_, index) =>
    seen(60, { address: `aws_eip.nat${index}`, state: "succeeded", seconds: index, done: index + 1, of: 13 }),
  );
  const text = renderMarkdown(timelineModel([...quick, seen(70, { state: "failed", seconds: 1 })]));
  const table = text.slice(text.indexOf("## Slowest resources"), text.indexOf("## Cost"));
  expect(table.split("\n").filter((line) => line.startsWith("| aws"))).toHaveLength(11);
  expect(table).toContain("| aws\\_eks\\_cluster.this | failed: create | +0:09 | 1.0 s |");
  expect(table).toContain("- 2 more resources, each as quick or quicker, in timeline.jsonl.");
});

test("a report without resources has no such table", () => {
  expect(renderMarkdown(timelineModel([]))).not.toContain("Slowest");
});
