import fc from "fast-check";
import { expect, test } from "vitest";

import { wasteDecisions } from "../../../src/policy/waste/decisions.ts";
import { detectWaste, sampleOf } from "../../../src/policy/waste/detect.ts";
import { wasteDetector } from "../../../src/policy/waste/detector.ts";
import { type Stretch, series } from "./series.ts";

const busy = (minutes: number, more: Partial<Stretch> = {}): Stretch => ({ minutes, engine: 0.9, io: 1e6, ...more });
const idle = (minutes: number, more: Partial<Stretch> = {}): Stretch => ({ minutes, engine: 0, ...more });
const labels = (...args: Parameters<typeof series>) => detectWaste(series(...args)).map(({ label }) => label);

test("finds a job that stalls after work", () => {
  const [finding, ...others] = detectWaste(series([busy(60), idle(60)]));
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    label: "STALLED",
    sinceSeconds: 3600,
    untilSeconds: 7200,
    open: true,
    wastedGpuHours: 1,
  });
  expect(finding?.detectedAtSeconds).toBe(3600 + 13 * 60);
  expect(finding?.confidence).toBeGreaterThan(0.99);
  expect(finding?.reason.text()).toBe("1 GPU: worked, and then ran no kernel and moved no data for 1 h 00 min.");
  expect(finding?.change).toMatchObject({ code: "ask-owner", paste: "kubectl -n team logs train-1 --tail=50" });
});

test("leaves an evaluation with traffic alone", () => {
  expect(labels([busy(60), idle(20, { io: 2e7 }), busy(60), idle(12), busy(30)])).toEqual([]);
});

test("calls a job that never worked dead", () => {
  const [finding] = detectWaste(series([idle(60)], { gpus: 4 }));
  expect(finding).toMatchObject({ label: "DEAD", sinceSeconds: 0, wastedGpuHours: 4, wastedUsd: 4 });
  expect(labels([idle(8, { io: 1e8 }), busy(60)])).toEqual([]);
});

test("waits longer for people than for jobs", () => {
  expect(labels([busy(20), idle(29), busy(20), idle(29)], { kind: "interactive" })).toEqual([]);
  const [finding] = detectWaste(series([busy(20), idle(40)], { kind: "interactive" }));
  expect(finding).toMatchObject({ label: "DEAD", detectedAtSeconds: 50 * 60, change: { code: "stop-it" } });
});

test("lets a server idle for its break-even", () => {
  const usage = series([busy(30, { requests: 2 }), idle(50)], { kind: "serving" });
  expect(detectWaste(usage)).toMatchObject([{ label: "DEAD", detectedAtSeconds: 44 * 60 }]);
  expect(detectWaste(usage, { breakEvenSeconds: 3600 })).toEqual([]);
});

test("counts requests as work of a server", () => {
  expect(labels([idle(600, { requests: 0.01 })], { kind: "serving" })).toEqual([]);
});

test("counts what is missing as work", () => {
  expect(labels([idle(9), idle(1, { missing: true }), idle(9), idle(1, { missing: true }), idle(9)])).toEqual([]);
  expect(labels([busy(10), { minutes: 600, missing: true }])).toEqual([]);
  expect(
    labels(
      [
        { minutes: 50, engine: 0.1 },
        { minutes: 60, missing: true },
      ].slice(1),
    ),
  ).toEqual([]);
});

test("finds low use sooner the lower", () => {
  const detected = (sm: number) =>
    detectWaste(series([{ minutes: 300, engine: 0.95, sm, dram: 0.1 }]))[0]?.detectedAtSeconds;
  expect(detected(0.1)).toBeLessThanOrEqual(11 * 60);
  expect(detected(0.28)).toBeGreaterThan(40 * 60);
  expect(detected(0.35)).toBeUndefined();
});

test("takes busy memory for use of a GPU", () => {
  expect(labels([{ minutes: 300, engine: 0.9, sm: 0.2, dram: 0.7 }])).toEqual([]);
});

test("tells a spinning collective from low use", () => {
  expect(labels([busy(60), { minutes: 60, engine: 1, sm: 0.04, dram: 0.001 }], { gpus: 2 })).toEqual(["STALLED"]);
});

test("finds GPUs that others leave behind", () => {
  const [finding] = detectWaste(series([{ minutes: 60, engine: [0.9, 0.9, 0, 0] }], { gpus: 4 }));
  expect(finding).toMatchObject({
    label: "UNBALANCED",
    devices: [2, 3],
    wastedGpuHours: 2,
    change: { code: "fewer-gpus" },
  });
  expect(labels([{ minutes: 60, engine: [0.9, 0.7, 0.75, 0.8] }], { gpus: 4 })).toEqual([]);
});

test("asks a whole day before memory counts", () => {
  expect(labels([busy(23 * 60, { memory: 0.3 })])).toEqual([]);
  expect(labels([busy(25 * 60, { memory: 0.3 })])).toEqual(["WASTE-MEM"]);
  expect(labels([busy(23 * 60, { memory: 0.3 }), busy(2, { memory: 0.6 }), busy(30 * 60, { memory: 0.3 })])).toEqual(
    [],
  );
  expect(labels([busy(25 * 60, { memory: 0.3 })], { usage: { reservesMemory: true } })).toEqual([]);
});

test("asks an hour of a third run alike", () => {
  const usage = series([busy(70, { memory: 0.3 })]);
  expect(detectWaste(usage, { earlierMemoryPeaks: [0.3] })).toEqual([]);
  expect(detectWaste(usage, { earlierMemoryPeaks: [0.3, 0.8] })).toEqual([]);
  expect(detectWaste(usage, { earlierMemoryPeaks: [0.8, 0.3, 0.31] })).toMatchObject([{ label: "WASTE-MEM" }]);
});

test("advises on what goes on", () => {
  const decisions = wasteDecisions(detectWaste(series([busy(60), idle(60), busy(60), idle(60)])));
  expect(decisions).toMatchObject([{ kind: "advise", subject: "team/train-1", reason: { code: "stalled" } }]);
  const [decision] = decisions;
  expect(decision?.kind === "advise" && decision.reason.text()).toMatch(
    /^1 GPU: worked, and then .* To change: look at/,
  );
});

test("ends a finding when work begins again", () => {
  const findings = detectWaste(series([busy(60), idle(60), busy(60), idle(60)]));
  expect(findings.map(({ label, open }) => [label, open])).toEqual([
    ["STALLED", false],
    ["STALLED", true],
  ]);
});

test("outlasts a kernel that does nothing useful", () => {
  const findings = detectWaste(series([busy(60), idle(60), { minutes: 1, engine: 0.2 }, idle(60)]));
  expect(findings).toHaveLength(1);
  expect(findings[0]?.wastedGpuHours).toBeCloseTo(2, 1);
});

test("tells news once, sample by sample", () => {
  const usage = series([busy(60), idle(60), busy(60)]);
  const detector = wasteDetector(usage);
  const news = Array.from({ length: usage.samples }, (_, index) => detector.observe(sampleOf(usage, index))).flat();
  expect(news.map(({ open }) => open)).toEqual([true, false]);
  expect(detector.findings()).toHaveLength(1);
});

test("finds the same wherever the series begins", () => {
  const usage = series([busy(60), idle(90), busy(10)], { gpus: 2 });
  const strip = (findings: ReturnType<typeof detectWaste>) => JSON.stringify(findings);
  expect(strip(detectWaste({ ...usage, startMs: 86_400_000 * 365 }))).toBe(strip(detectWaste(usage)));
});

test("survives whatever samples say", () => {
  const value = fc.oneof(fc.double(), fc.constantFrom(0, 1, Number.NaN, Infinity, -Infinity, 1e300, -5));
  const stretch = fc.record({
    minutes: fc.integer({ min: 1, max: 200 }),
    engine: value,
    sm: value,
    dram: value,
    memory: value,
    io: value,
  });
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 6 }), fc.integer({ min: 1, max: 3 }), (stretches, gpus) => {
      for (const finding of detectWaste(series(stretches, { gpus }))) {
        expect(finding.wastedGpuHours).toBeGreaterThanOrEqual(0);
        expect(finding.detectedAtSeconds).toBeGreaterThan(finding.sinceSeconds);
        expect(finding.reason.text()).not.toMatch(/NaN|undefined|Infinity/);
      }
    }),
    { seed: 7, numRuns: 100 },
  );
});

test("takes a jump in time as silence unknown", () => {
  const detector = wasteDetector(series([idle(1)]));
  const zero = { devices: [{ engineActive: 0, memoryUsedMib: 100 }] };
  detector.observe({ seconds: 0, ...zero });
  expect(detector.observe({ seconds: 1e12, ...zero })).toEqual([]);
  expect(detector.findings()).toEqual([]);
});
