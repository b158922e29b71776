import { describe, expect, test } from "vitest";
import { durations } from "../../src/forecast/durations.ts";
import { returns } from "../../src/forecast/returns.ts";
import { shrunkSketch } from "../../src/forecast/shrunk-sketch.ts";
import { seededRandom } from "../../src/kernel/random.ts";
import { day, hour } from "./series.ts";

const job = { user: "ada", name: "train", gpus: 1 };

const keys = (...names: string[]) => names.map((key) => ({ key }));

describe("a sketch", () => {
  const random = seededRandom(5);
  const values = Array.from({ length: 4000 }, () => Math.exp(random.normal(7, 2)));
  const sorted = [...values].sort((a, b) => a - b);
  const sketch = shrunkSketch({ halfLifeSeconds: 1e12 });
  for (const each of values) sketch.add(keys("a", "*"), each, 0);

  test.each([0.01, 0.1, 0.5, 0.9, 0.99])("is within 2.5 percent at p = %d", (p) => {
    const exact = sorted[Math.ceil(p * sorted.length) - 1] as number;
    const told = sketch.at(keys("a", "*"), 0).quantile(p);
    expect(Math.abs(told / Math.max(1, exact) - 1)).toBeLessThan(0.026);
  });

  test.each([10, 1000, 20_000])("knows what is left after %d seconds", (age) => {
    const older = sorted.filter((each) => each > age);
    const exact = older[Math.ceil(0.5 * older.length) - 1] as number;
    const left = sketch.at(keys("a", "*"), 0).above(age);
    expect(left.quantile(0.5) / exact).toBeCloseTo(1, 1);
    expect(left.below(exact)).toBeCloseTo(0.5, 1);
    expect(left.below(age)).toBe(0);
  });

  test("halves what is a half-life old", () => {
    const fading = shrunkSketch({ halfLifeSeconds: day, priorWeight: 0 });
    for (let index = 0; index < 10; index += 1) fading.add(keys("a"), 100, 0);
    for (let index = 0; index < 10; index += 1) fading.add(keys("a"), 1000, 3 * day);
    expect(fading.at(keys("a"), 3 * day).below(500)).toBeCloseTo(1 / 9, 5);
    expect(fading.at(keys("a"), 3 * day).own).toBeCloseTo(11.25, 5);
  });

  test("goes by the last values where it is told to", () => {
    const recent = shrunkSketch({ halfLifeSeconds: day, priorWeight: 0 });
    const key = [{ key: "a", halfLifeValues: 2 }];
    for (let index = 0; index < 5000; index += 1) recent.add(key, index < 4996 ? 100 : 1000, 0);
    expect(recent.at(key, 0).below(500)).toBeCloseTo(0.25, 5);
    expect(recent.at(key, 0).own).toBeCloseTo(1 / (1 - Math.SQRT1_2), 5);
  });

  test("knows what is new after a silence of centuries", () => {
    const old = shrunkSketch({ halfLifeSeconds: 14 * day });
    for (const [value, at] of [
      [100, 0],
      [200, 3.2e9],
      [200, 3.2e9],
    ] as const)
      old.add(keys("a"), value, at);
    expect(old.at(keys("a"), 3.2e9).below(150)).toBe(0);
    expect(old.at(keys("a"), 3.2e9).own).toBeCloseTo(2, 9);
    const restored = shrunkSketch({ halfLifeSeconds: 14 * day });
    restored.restore(JSON.parse(JSON.stringify(old.save())));
    expect(restored.at(keys("a"), 3.2e9).quantile(0.9)).toBe(old.at(keys("a"), 3.2e9).quantile(0.9));
  });

  test("forgets the keys that nobody uses", () => {
    const few = shrunkSketch({ halfLifeSeconds: day, maxKeys: 2 });
    for (const key of ["a", "b", "a", "c"]) few.add(keys(key), 10, 0);
    expect([..."abc"].map((key) => few.at(keys(key), 0).own > 0)).toEqual([true, false, true]);
  });
});

describe("durations", () => {
  test.each([
    ["nothing known", [], Number.NaN],
    ["other users only", [["bob", "x", 1, 1000, 50]], 1000],
    [
      "the same job",
      [
        ["bob", "x", 1, 1000, 50],
        ["ada", "train", 1, 100, 50],
      ],
      100,
    ],
    [
      "the user's other jobs",
      [
        ["bob", "x", 1, 1000, 50],
        ["ada", "y", 1, 100, 50],
      ],
      100,
    ],
    [
      "one job of the user's says little yet",
      [
        ["bob", "x", 1, 1000, 50],
        ["ada", "train", 1, 100, 1],
      ],
      1000,
    ],
  ] as const)("%s", (_, seen, median) => {
    const known = durations();
    for (const [user, name, gpus, seconds, times] of seen) {
      for (let index = 0; index < times; index += 1) known.observe({ user, name, gpus }, seconds, index);
    }
    const told = known.at(job, 100).quantile(0.5);
    expect(Math.round(Math.log(told) * 20)).toBe(Math.round(Math.log(median) * 20));
  });

  test("tells an older job to go on for longer", () => {
    const known = durations();
    const random = seededRandom(1);
    for (let index = 0; index < 500; index += 1) known.observe(job, Math.exp(random.normal(6, 2)), index);
    const left = [0, 60, 600, 6000, 1e6].map((age) => known.at(job, 500, age).quantile(0.5) - age);
    expect([...left].sort((a, b) => a - b)).toEqual(left);
  });

  test.each([0.5, 0.9, 0.95])("stay under the bound with p = %d, as they drift", (p) => {
    const random = seededRandom(2);
    const known = durations();
    let under = 0;
    for (let index = 0; index < 6000; index += 1) {
      const seconds = Math.exp(random.normal(5 + index / 2000, 1));
      if (index >= 3000 && seconds <= known.quantile(job, p, index * 600)) under += 1;
      known.observe(job, seconds, index * 600);
    }
    expect(under / 3000).toBeCloseTo(p, 1);
    expect(Math.abs(under / 3000 - p)).toBeLessThan(0.03);
  });

  test("never fall as p rises", () => {
    const known = durations();
    const random = seededRandom(4);
    for (let index = 0; index < 300; index += 1) known.observe(job, Math.exp(random.normal(6, 2)), index);
    const told = [0.01, 0.1, 0.3, 0.5, 0.8, 0.95, 0.99, 0.999].map((p) => known.quantile(job, p, 300, 100));
    expect([...told].sort((a, b) => a - b)).toEqual(told);
  });
});

describe("coming back", () => {
  test.each([
    ["failed", 0.9],
    ["passed", 0.1],
  ] as const)("after a job that %s", (outcome, chance) => {
    const known = returns();
    for (let index = 0; index < 100; index += 1) {
      known.ended("ada", "failed", index * day);
      known.submitted("ada", index * day + 60);
      known.ended("ada", "passed", index * day + hour);
      known.submitted("ada", index * day + 12 * hour);
    }
    const within = known.at("ada", outcome, 100 * day).below(300);
    expect(Math.abs(within - chance)).toBeLessThan(0.15);
  });

  test("is less likely the longer nobody came", () => {
    const known = returns();
    const random = seededRandom(6);
    for (let index = 0; index < 200; index += 1) {
      known.ended("ada", "passed", index * day);
      known.submitted("ada", index * day + Math.exp(random.normal(6, 1.5)));
    }
    const chance = [0, 600, 3600, 6 * hour].map((idle) => known.at("ada", "passed", 200 * day, idle).below(idle + 300));
    expect([...chance].sort((a, b) => b - a)).toEqual(chance);
  });

  test("counts those who never do", () => {
    const known = returns();
    for (let index = 0; index < 50; index += 1) {
      known.ended(`user-${index}`, "passed", index * hour);
      if (index % 2 === 0) known.submitted(`user-${index}`, index * hour + 60);
    }
    known.ended("late", "passed", 30 * day);
    expect(known.at("new", "passed", 30 * day).below(3600)).toBeCloseTo(0.5, 1);
  });

  test("is known to a stranger from others", () => {
    const known = returns();
    for (let index = 0; index < 20; index += 1) {
      known.ended("ada", "failed", index * day);
      known.submitted("ada", index * day + 60);
    }
    expect(known.at("bob", "failed", 20 * day).below(120)).toBeGreaterThan(0.9);
    expect(returns().at("bob", "failed", 0).below(120)).toBeNaN();
  });
});

test.each([
  ["durations", durations, (made: ReturnType<typeof durations>) => made.observe(job, 100, 5)],
  ["returns", returns, (made: ReturnType<typeof returns>) => made.ended("ada", "failed", 7)],
] as const)("%s go on from what they saved", (_, make, learn) => {
  const [one, other] = [make(), make()];
  for (let index = 0; index < 20; index += 1) learn(one as never);
  other.restore(JSON.parse(JSON.stringify(one.save())));
  expect(other.save()).toEqual(one.save());
  expect(() => make().restore({ method: "else", version: 1, values: {} })).toThrow(/has learned/);
});
