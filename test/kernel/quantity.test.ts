import { expect, test } from "vitest";

import { durationOf, durationText, parseQuantity, quantityOf } from "../../src/kernel/quantity.ts";

test.each([
  ["500m", 0.5],
  ["1.5Gi", 1.5 * 2 ** 30],
  ["2e3", 2000],
  ["100", 100],
  [".5", 0.5],
  ["64Mi", 64 * 2 ** 20],
  ["1E", 1e18],
])("quantity %s is %d", (text, value) => {
  expect(quantityOf(text)).toBeCloseTo(value, 6);
});

test.each(["", "1.2.3", "12GB", "m", "1 Gi", "0x10", "1ki"])("%j is no quantity", (text) => {
  expect(quantityOf(text)).toBeUndefined();
  expect(() => parseQuantity(text)).toThrow("not a quantity");
});

test.each([
  ["30s", 30_000],
  ["1h30m", 5_400_000],
  ["2d", 172_800_000],
  ["250ms", 250],
  ["1.5h", 5_400_000],
])("duration %s is %d ms", (text, ms) => {
  expect(durationOf(text)).toBe(ms);
});

test.each(["", "30", "5 m", "-1s", "1w"])("%j is no duration", (text) => {
  expect(durationOf(text)).toBeUndefined();
});

test.each([
  [30_000, "30s"],
  [90_000, "90s"],
  [900_000, "15m"],
  [14_400_000, "4h"],
  [0, "0s"],
])("%d ms is written %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
