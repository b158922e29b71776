import fc from "fast-check";
import { expect, test } from "vitest";

import { decayingHistogram } from "../../../src/policy/waste/decaying-histogram.ts";
import { migSlices } from "../../../src/policy/waste/mig-slices.ts";
import { type GpuNeeds, needsOf } from "../../../src/policy/waste/needs.ts";
import { rightSizings } from "../../../src/policy/waste/right-size.ts";
import type { WatchedWorkload } from "../../../src/policy/waste/workload.ts";
import { generateUsage } from "../../../src/trace/usage/generate-usage.ts";
import { series } from "./series.ts";

const h100: WatchedWorkload = {
  name: "team/train",
  kind: "job",
  stepSeconds: 60,
  gpu: "h100",
  instanceType: "p5.4xlarge",
  usdPerHour: 6.88,
  devices: [{ memoryTotalMib: 81_920 }],
};
const needs: GpuNeeds = {
  hours: 30,
  spanHours: 31,
  gpus: 1,
  busyGpus: 1,
  peakMemoryMib: 7000,
  memoryMib: 81_920,
  p95Sm: 0.05,
  p95Dram: 0.04,
  reservesMemory: false,
};

test("finds the cheapest GPU that is enough", () => {
  const [best] = rightSizings(h100, needs);
  // 5 % of an H100's bandwidth is more than 80 % of no T4's, and a T4 is the cheapest
  expect(best).toMatchObject({ kind: "smaller-gpu", to: "1 × t4 (g4dn.xlarge)" });
  expect(best?.usdPerHour).toBeCloseTo(6.88 - 0.526, 6);
  expect(best?.confidence).toBeCloseTo(30 / 31, 6);
  const slower = rightSizings(h100, { ...needs, p95Sm: 0.19 }).find(({ kind }) => kind === "smaller-gpu");
  expect(slower).toMatchObject({ to: "1 × l4 (g6.xlarge)", slowdown: (0.19 * 989) / (0.8 * 121) });
  const serving = rightSizings({ ...h100, kind: "serving" }, { ...needs, p95Sm: 0.29 });
  expect(serving.map(({ to }) => to)).toContain("1 × l40s (g6e.xlarge)");
});

test("cuts and shares only what fits", () => {
  const kinds = rightSizings(h100, needs).map(({ kind, to }) => [kind, to]);
  expect(kinds).toContainEqual(["mig-slice", "1/7 of h100: MIG 1g.10gb"]);
  expect(kinds).toContainEqual(["share-gpu", "1/4 of h100: time-slicing"]);
  const larger = rightSizings(h100, { ...needs, peakMemoryMib: 9000 }).find(({ kind }) => kind === "mig-slice");
  expect(larger?.to).toBe("1/4 of h100: MIG 1g.20gb");
});

test("says nothing of memory that is reserved", () => {
  expect(rightSizings(h100, { ...needs, reservesMemory: true })).toEqual([]);
});

test("says nothing where little was measured", () => {
  expect(rightSizings(h100, { ...needs, hours: 0.5 })).toEqual([]);
  expect(rightSizings(h100, { ...needs, busyGpus: 0 })).toEqual([]);
  expect(rightSizings({ ...h100, gpu: "unheard-of" }, { ...needs, p95Sm: 0.9 })).toEqual([]);
});

test("asks for fewer GPUs where some idle", () => {
  const usage = series([{ minutes: 180, engine: [0.9, 0.8, 0, 0] }], {
    gpus: 4,
    usage: { gpu: "l4", usdPerHour: 4.6 },
  });
  const [advice] = rightSizings(usage, needsOf(usage));
  expect(advice).toMatchObject({
    kind: "fewer-gpus",
    to: "2 × l4",
    paste: "resources: { limits: { nvidia.com/gpu: 2 } }",
  });
});

test("keeps what its pod asks for beside GPUs", () => {
  const all = rightSizings(h100, needs, { requests: { vcpu: 16, memoryMib: 60_000 } });
  expect(all.find(({ kind }) => kind === "smaller-gpu")?.to).toBe("1 × t4 (g4dn.4xlarge)");
});

test("never advises what the peak would not fit", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(share, share, share, (memory, p95Sm, p95Dram) => {
      const peakMemoryMib = memory * 81_920;
      for (const { kind, to, share } of rightSizings(h100, { ...needs, peakMemoryMib, p95Sm, p95Dram })) {
        const slice = migSlices("h100", 81_920).find(({ name }) => to.endsWith(name));
        if (kind === "mig-slice") expect(peakMemoryMib).toBeLessThan(slice?.memoryMib ?? 0);
        if (kind === "share-gpu") expect(peakMemoryMib / (1 - share)).toBeLessThan(81_920);
        if (to.includes("t4 ")) expect(peakMemoryMib).toBeLessThan(16_384);
        if (to.includes("l4 ")) expect(peakMemoryMib).toBeLessThan(22_888);
        expect(share).toBeGreaterThan(0);
        expect(share).toBeLessThan(1);
      }
    }),
    { seed: 5, numRuns: 300 },
  );
});

test("advises only what makes work cheaper", () => {
  const scenarios = ["oversized-memory", "peaky-memory"] as const;
  const all = [1101, 1102, 1103].flatMap((seed) => generateUsage({ seed, each: 5, scenarios }));
  const advised = (scenario: string) =>
    all.filter(({ usage, truth }) => truth.scenario === scenario && rightSizings(usage, needsOf(usage)).length > 0)
      .length;
  expect([advised("oversized-memory"), advised("peaky-memory")]).toMatchInlineSnapshot(`
    [
      2,
      0,
    ]
  `);
});

test("lets old values of a histogram fade", () => {
  const histogram = decayingHistogram({ first: 0.001, most: 1 });
  for (let hour = 0; hour < 24; hour += 1) histogram.add(0.9, hour * 3600);
  expect(histogram.quantile(0.5)).toBeCloseTo(0.9, 1);
  for (let hour = 240; hour < 264; hour += 1) histogram.add(0.1, hour * 3600);
  expect(histogram.quantile(0.95)).toBeCloseTo(0.1, 1);
  expect(histogram.peak()).toBe(0.9);
  histogram.add(Number.NaN, 1e6);
  histogram.add(0.2, 1e9);
  expect(histogram.quantile(0.5)).toBeCloseTo(0.2, 1);
});
