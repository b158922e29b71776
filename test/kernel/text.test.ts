import { expect, test } from "vitest";

import { columns, count, didYouMean, humanDuration, humanUsd } from "../../src/kernel/text.ts";

test.each([
  ["g55", ["g5", "g6", "p5"], "g5"],
  ["us-east1", ["us-east-1", "us-west-2"], "us-east-1"],
  ["capcityTypes", ["capacityTypes", "families"], "capacityTypes"],
  ["zebra", ["g5", "m7i"], undefined],
])("a slip like %s finds its word", (word, candidates, expected) => {
  expect(didYouMean(word, candidates)).toBe(expected);
});

test.each([
  [850, "850 ms"],
  [4230, "4.2 s"],
  [59_949, "59.9 s"],
  [59_999, "1 min 00 s"],
  [185_000, "3 min 05 s"],
  [7_800_000, "2 h 10 min"],
])("%d ms reads %s", (ms, text) => {
  expect(humanDuration(ms)).toBe(text);
});

test.each([
  [0, "$0.00"],
  [0.0123, "$0.0123"],
  [0.99999, "$1.0000"],
  [12.345, "$12.35"],
])("%d dollars read %s", (usd, text) => {
  expect(humanUsd(usd)).toBe(text);
});

test("columns align to the widest cell", () => {
  expect(
    columns(
      [
        ["name", "usd"],
        ["a", "1.5"],
        ["longer", "10"],
      ],
      [1],
    ),
  ).toBe("name    usd\na       1.5\nlonger   10");
});

test("a count agrees with its noun", () => {
  expect([count(1, "node"), count(0, "node"), count(2, "node")]).toEqual(["1 node", "0 nodes", "2 nodes"]);
});
