import { expect, test } from "vitest";

import { seededRandom } from "../../src/kernel/random.ts";

test("the same seed gives the same numbers", () => {
  const [a, b] = [seededRandom(7), seededRandom(7)];
  expect(Array.from({ length: 20 }, a.next)).toEqual(Array.from({ length: 20 }, b.next));
});

test("different seeds differ at once", () => {
  expect(seededRandom(1).next()).not.toBe(seededRandom(2).next());
});

test("numbers spread evenly over the unit interval", () => {
  const random = seededRandom(3);
  const buckets = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i += 1) {
    const index = Math.floor(random.next() * 10);
    buckets[index] = (buckets[index] ?? 0) + 1;
  }
  // 10,000 draws in 10 buckets: sigma is 30, so 5 sigma is 150
  for (const size of buckets) expect(Math.abs(size - 1000)).toBeLessThan(150);
});

test("normal numbers have the asked mean and spread", () => {
  const random = seededRandom(5);
  const values = Array.from({ length: 5000 }, () => random.normal(60, 10));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(Math.abs(mean - 60)).toBeLessThan(1);
  expect(Math.abs(Math.sqrt(variance) - 10)).toBeLessThan(1);
});

test("uuids are version 4 and names pronounceable to DNS", () => {
  const random = seededRandom(9);
  expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(random.suffix(5)).toMatch(/^[a-z0-9]{5}$/);
});
