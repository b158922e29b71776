import { expect, test } from "vitest";

import { totalRate } from "../../src/trace/rates.ts";
import { perTenant, selectUsers, slice, withoutUsers } from "../../src/trace/subsets.ts";
import { makeTrace } from "./make-trace.ts";
import { failureOf } from "./read/failing.ts";

const trace = makeTrace([
  { submitSeconds: 0, user: "ada", group: "x", durationSeconds: 100 },
  { submitSeconds: 10, user: "bob", group: "y", durationSeconds: 5 },
  { submitSeconds: 20, user: "ada", group: "y" },
  { submitSeconds: 90, user: "cleo", group: "x" },
  { submitSeconds: 95 },
]);

test("users are selected with all their jobs", () => {
  const { users, groups, jobs, spanSeconds } = selectUsers(trace, ["cleo", "ada"]);
  expect([users, groups]).toEqual([
    ["ada", "cleo"],
    ["x", "y"],
  ]);
  expect([[...jobs.user], [...jobs.group], [...jobs.submitSeconds], spanSeconds]).toEqual([
    [0, 0, 1],
    [0, 1, 0],
    [0, 20, 90],
    150,
  ]);
});

test("users are left out with all their jobs", () => {
  const { users, jobs } = withoutUsers(trace, ["ada"]);
  expect([users, [...jobs.user]]).toEqual([
    ["bob", "cleo"],
    [0, 1, -1],
  ]);
});

test("a user that is not there is told", async () => {
  const failure = await failureOf(() => selectUsers(trace, ["cloe"]));
  expect([failure.message, failure.details.fix]).toEqual(["made has no user cloe", "did you mean cleo?"]);
});

test("a slice starts with what still runs", () => {
  const { jobs, startMs, spanSeconds, users } = slice(trace, 15, 95);
  expect([[...jobs.submitSeconds], [...jobs.durationSeconds], [...jobs.warm]]).toEqual([
    [0, 5, 75],
    [85, 60, 60],
    [1, 0, 0],
  ]);
  expect([startMs, spanSeconds, users]).toEqual([15_000, 135, ["ada", "cleo"]]);
});

test("tenants come by size, with unknown ones", () => {
  const sizes = (by: "user" | "group" | "shared") =>
    perTenant(trace, by).map(({ tenant, trace: own }) => [tenant, own.jobs.count]);
  expect(sizes("user")).toEqual([
    ["ada", 2],
    ["bob", 1],
    ["cleo", 1],
    ["unknown", 1],
  ]);
  expect(sizes("group")).toEqual([
    ["x", 2],
    ["y", 2],
    ["unknown", 1],
  ]);
  expect(sizes("shared")).toEqual([["shared", 5]]);
});

test("a total lacks what any series lacks", () => {
  const series = [
    { name: "a", perSecond: new Float64Array([1, Number.NaN, 3, 4]) },
    { name: "b", perSecond: new Float64Array([10, 20, 30]) },
  ];
  const total = totalRate({ name: "t", startMs: 0, stepSeconds: 60, series });
  expect([...total.perSecond]).toEqual([11, Number.NaN, 33, Number.NaN]);
});
