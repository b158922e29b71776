import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  firstConflict,
  firstMismatch,
  intersection,
  isSatisfiable,
  matches,
  requirementsOf,
  toRequirements,
  type ValueSet,
  valuesText,
} from "../../src/planner/requirements.ts";
import type { Requirement } from "../../src/planner/types.ts";

const set = (operator: Requirement["operator"], ...values: string[]) =>
  requirementsOf([{ key: "k", operator, values }]).get("k") as ValueSet;

describe("matches", () => {
  it.each<[Requirement["operator"], string[], string | undefined, boolean]>([
    ["In", ["a", "b"], "a", true],
    ["In", ["a"], "b", false],
    ["In", ["a"], undefined, false],
    ["NotIn", ["a"], "b", true],
    ["NotIn", ["a"], "a", false],
    ["NotIn", ["a"], undefined, true],
    ["Exists", [], "a", true],
    ["Exists", [], undefined, false],
    ["DoesNotExist", [], "a", false],
    ["DoesNotExist", [], undefined, true],
    ["Gt", ["4"], "5", true],
    ["Gt", ["4"], "4", false],
    ["Gte", ["4"], "4", true],
    ["Lt", ["4"], "3", true],
    ["Lt", ["4"], "4", false],
    ["Lte", ["4"], "4", true],
    ["Gt", ["4"], "many", false],
    ["Gt", ["4"], undefined, false],
  ])("%s %j of %s: %s", (operator, values, value, expected) => {
    expect(matches(set(operator, ...values), value)).toBe(expected);
  });
});

const anyRequirement = fc.oneof(
  fc.record({
    key: fc.constant("k"),
    operator: fc.constantFrom<Requirement["operator"]>("In", "NotIn"),
    values: fc.array(fc.constantFrom("1", "2", "3", "x"), { minLength: 1 }),
  }),
  fc.record({
    key: fc.constant("k"),
    operator: fc.constantFrom<Requirement["operator"]>("Exists", "DoesNotExist"),
    values: fc.constant([]),
  }),
  fc.record({
    key: fc.constant("k"),
    operator: fc.constantFrom<Requirement["operator"]>("Gt", "Gte", "Lt", "Lte"),
    values: fc.constantFrom(["1"], ["2"], ["3"]),
  }),
);
const labels = ["1", "2", "3", "4", "x", undefined];

describe("intersection", () => {
  it("matches what both sides match", () => {
    fc.assert(
      fc.property(anyRequirement, anyRequirement, (a, b) => {
        const [left, right] = [requirementsOf([a]).get("k") as ValueSet, requirementsOf([b]).get("k") as ValueSet];
        for (const label of labels) {
          expect(matches(intersection(left, right), label)).toBe(matches(left, label) && matches(right, label));
        }
      }),
    );
  });

  it("is satisfiable when a label satisfies it", () => {
    fc.assert(
      fc.property(anyRequirement, anyRequirement, (a, b) => {
        const both = requirementsOf([a, b]).get("k") as ValueSet;
        if (labels.some((label) => matches(both, label))) expect(isSatisfiable(both)).toBe(true);
      }),
    );
  });

  it("means the same written back", () => {
    fc.assert(
      fc.property(anyRequirement, anyRequirement, (a, b) => {
        const both = requirementsOf([a, b]).get("k") as ValueSet;
        const again = requirementsOf(toRequirements("k", both)).get("k") as ValueSet;
        for (const label of labels.filter((one) => one !== undefined))
          expect(matches(again, label)).toBe(matches(both, label));
      }),
    );
  });
});

it("finds the label that a node lacks", () => {
  const wanted = requirementsOf([
    { key: "a", operator: "In", values: ["1"] },
    { key: "b", operator: "Exists" },
  ]);
  expect(firstMismatch(wanted, { a: "1" })).toBe("b");
  expect(firstMismatch(wanted, { a: "1", b: "" })).toBeUndefined();
});

it("finds the key on which two sides conflict", () => {
  const offered = requirementsOf([{ key: "zone", operator: "In", values: ["a"] }]);
  const wants = (key: string, operator: Requirement["operator"], ...values: string[]) =>
    firstConflict(offered, requirementsOf([{ key, operator, values }]), (one) => one === "type");
  expect(wants("zone", "In", "b")).toBe("zone");
  expect(wants("zone", "NotIn", "b")).toBeUndefined();
  expect(wants("team", "In", "ml")).toBe("team");
  expect(wants("team", "DoesNotExist")).toBeUndefined();
  expect(wants("type", "In", "g5")).toBeUndefined();
});

it.each<[Requirement["operator"], string[], string]>([
  ["In", ["b", "a"], "in a, b"],
  ["NotIn", ["a"], "not in a"],
  ["Exists", [], "present"],
  ["DoesNotExist", [], "absent"],
  ["Gt", ["3"], "at least 4"],
])("writes %s %j for people", (operator, values, expected) => {
  expect(valuesText(set(operator, ...values))).toBe(expected);
});
