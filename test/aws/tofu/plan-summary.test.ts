import { describe, expect, test } from "vitest";

import { noChanges, planSummary, planText } from "../../../src/aws/tofu/plan-summary.ts";
import { stateResources } from "../../../src/aws/tofu/state-resources.ts";
import { bothEngines, recorded } from "./recorded.ts";

const change = (address: string, type: string, actions: readonly string[], mode = "managed") => ({
  ...{ address, type, mode },
  change: { actions },
});
const summaryOf = (...changes: readonly object[]) => planSummary(JSON.stringify({ resource_changes: changes }));

test.each(bothEngines)("a plan of %s is counted", (name) => {
  expect(planSummary(recorded(`${name}-plan.json`))).toMatchObject({
    hasChanges: true,
    counts: { create: 4, update: 0, replace: 0, delete: 0 },
    resources: [
      { address: "terraform_data.a", resourceType: "terraform_data", action: "create" },
      { address: 'terraform_data.b["u"]' },
      { address: 'terraform_data.b["v"]' },
      { address: "terraform_data.bad" },
    ],
  });
});

test("what only is read or stays is not counted", () => {
  const { counts } = summaryOf(
    change("data.aws_x.y", "aws_x", ["read"], "data"),
    change("aws_x.same", "aws_x", ["no-op"]),
    change("aws_x.moved", "aws_x", ["forget"]),
    change("aws_x.a", "aws_x", ["delete", "create"]),
    change("aws_x.b", "aws_x", ["create", "delete"]),
    change("aws_x.c", "aws_x", ["update"]),
    change("aws_x.d", "aws_x", ["delete"]),
  );
  expect(counts).toEqual({ create: 0, update: 1, replace: 2, delete: 1 });
});

describe("the plan in words", () => {
  const price = "\nfrom then on it costs $0.3200 an hour, nodes of jobs not counted";

  test("begins with the commonest types", () => {
    const types = ["a", "b", "c", "d", "e", "f", "g", "h", "h", "h", "a"];
    const changes = types.map((type, index) => change(`${type}.r${index}`, type, ["create"]));
    expect(planText(summaryOf(...changes), 0.32)).toBe(
      `make 11 resources: 3 h, 2 a, 1 b, 1 c, 1 d, 1 e and 2 of 2 other types${price}`,
    );
  });

  test("has a line for each action", () => {
    const summary = summaryOf(change("a.x", "a", ["delete"]), change("a.y", "a", ["update"]));
    expect(planText(summary, 0.32)).toBe(`change 1 resource: 1 a\nremove 1 resource: 1 a${price}`);
  });

  test("says when only outputs change", () => {
    expect(planText({ ...noChanges, hasChanges: true }, 0.32)).toBe(`change outputs only${price}`);
  });
});

test.each([
  ["aws_vpc.this", "aws_vpc"],
  ["aws_vpc.this[0]", "aws_vpc"],
  ['module.vpc.aws_eip.nat["us-east-1a"]', "aws_eip"],
  ['module.a["x.y"].module.b.aws_x.this["p.q[\\"r\\"]"]', "aws_x"],
])("the state's %s is a %s", (address, type) => {
  expect(stateResources(`${address}\n`)).toEqual([{ address, type }]);
});

test("what a state has only read is not its own", () => {
  expect(stateResources("data.aws_region.now\nmodule.a.data.aws_x.y\n\n")).toEqual([]);
});
