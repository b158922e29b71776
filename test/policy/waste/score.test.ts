import { expect, test } from "vitest";

import { scoreDetector } from "../../../src/policy/waste/score.ts";
import { generateUsage } from "../../../src/trace/usage/generate-usage.ts";

const seeds = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const usage = (from: number, to: number, stepSeconds = 60) =>
  seeds(from, to).flatMap((seed) => generateUsage({ seed, each: 1, stepSeconds }));

test("meets its goals on seeds never tuned on", { timeout: 120_000 }, () => {
  const score = scoreDetector(usage(1001, 1025));
  expect(score.precision).toBeGreaterThanOrEqual(0.99);
  expect(score.recall).toBeGreaterThanOrEqual(0.95);
  expect(score.medianDelaySeconds).toBeLessThanOrEqual(15 * 60);
  expect(score.recovered).toBeGreaterThanOrEqual(0.8);
});

test("holds at samples of 15 seconds too", { timeout: 120_000 }, () => {
  const score = scoreDetector(usage(1001, 1004, 15));
  expect(score.precision).toBeGreaterThanOrEqual(0.97);
  expect(score.recall).toBeGreaterThanOrEqual(0.95);
});

test("tells each label apart from others", { timeout: 60_000 }, () => {
  const { confusion, scenarios } = scoreDetector(usage(1026, 1035));
  expect(confusion).toMatchInlineSnapshot(`
    {
      "DEAD": {
        "DEAD": 30,
      },
      "LOW": {
        "LOW": 20,
      },
      "STALLED": {
        "STALLED": 20,
      },
      "UNBALANCED": {
        "UNBALANCED": 10,
      },
      "WASTE-MEM": {
        "WASTE-MEM": 20,
      },
      "healthy": {
        "healthy": 120,
      },
    }
  `);
  expect(scenarios.filter(({ wrong }) => wrong > 0).map(({ scenario }) => scenario)).toEqual([]);
});

test("scores an early finding as wrong", () => {
  const [labelled] = generateUsage({ seed: 3, each: 1, scenarios: ["stalled"] });
  if (labelled === undefined) throw new Error("nothing generated");
  const { usage, truth } = labelled;
  const later = { ...truth, sinceSeconds: usage.samples * usage.stepSeconds };
  expect(scoreDetector([{ usage, truth: later }])).toMatchObject({ precision: 0, recall: 0, recovered: 0 });
  expect(scoreDetector([])).toMatchObject({ precision: 1, recall: 1, workloads: 0 });
});
