import { expect, test } from "vitest";

import { amount, dayRange } from "../../../src/cli/simulate/amounts.ts";

test.each(["", " ", "x", "-1", "1e9", "NaN", "Infinity"])("%j is no amount", (typed) => {
  expect(() => amount("rho", typed, { from: 0, to: 1000 })).toThrow(/--rho is/);
});

test.each([
  ["0", 0],
  ["0.5", 0.5],
  ["1000", 1000],
  ["1e2", 100],
])("%s is an amount", (typed, value) => {
  expect(amount("rho", typed, { from: 0, to: 1000 })).toBe(value);
});

test("a half is no whole number", () => {
  expect(() => amount("seed", "1.5", { from: 0, to: 9, whole: true })).toThrow(/--seed is 1.5/);
});

test.each([
  ["7", { from: 0, to: 7 }],
  ["3..10", { from: 3, to: 10 }],
  ["0.5..1.5", { from: 0.5, to: 1.5 }],
])("%s is a range of days", (typed, range) => {
  expect(dayRange(typed)).toEqual(range);
});

test.each(["", "0", "3..3", "10..3", "..3", "3..", "a..b", "-1..2", "1...2"])("%j is no range of days", (typed) => {
  expect(() => dayRange(typed)).toThrow(/--days is/);
});
