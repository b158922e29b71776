import { expect, test } from "vitest";

import { generateUsage, type UsageScenario, usageScenarios } from "../../../src/trace/usage/generate-usage.ts";
import { type LabelledUsage, usageLabels } from "../../../src/trace/usage/truth.ts";

const all = generateUsage({ seed: 90, each: 12 });
const of = (...scenarios: UsageScenario[]) =>
  all.filter(({ truth }) => scenarios.includes(truth.scenario as UsageScenario));
const known = (values: Float64Array) => values.filter((value) => !Number.isNaN(value));
const mean = (values: Float64Array) => known(values).reduce((sum, value) => sum + value, 0) / known(values).length;
const smOf = ({ usage }: LabelledUsage) => usage.devices.map((device) => device.smActive ?? device.engineActive);

/** The column from the truth's onset on. */
function after({ usage, truth }: LabelledUsage, column: Float64Array): Float64Array {
  return column.subarray(Math.ceil(truth.sinceSeconds / usage.stepSeconds) + 1);
}

/** The longest run of samples at which every device does nothing, in seconds; a missing sample ends it. */
function longestRest({ usage }: LabelledUsage, from = 0): number {
  let [longest, run] = [0, 0];
  for (let i = Math.ceil(from / usage.stepSeconds); i < usage.samples; i += 1) {
    run = usage.devices.every(({ engineActive }) => (engineActive[i] ?? 1) < 0.01) ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest * usage.stepSeconds;
}

test("the same seed gives the same workloads", () => {
  const options = { seed: 5, each: 1, stepSeconds: 300 };
  expect(generateUsage(options)).toEqual(generateUsage(options));
  expect(generateUsage({ ...options, seed: 6 })).not.toEqual(generateUsage(options));
});

test("every scenario comes as often as asked", () => {
  for (const scenario of usageScenarios) expect(of(scenario)).toHaveLength(12);
  expect(new Set(all.map(({ truth }) => truth.label))).toEqual(new Set(usageLabels));
  expect(new Set(all.map(({ usage }) => usage.name)).size).toBe(all.length);
});

test("a scenario keeps to what was chosen", () => {
  const few = generateUsage({ seed: 1, each: 2, scenarios: ["stalled"], stepSeconds: 15 });
  expect(few.map(({ usage, truth }) => [truth.scenario, usage.stepSeconds])).toEqual([
    ["stalled", 15],
    ["stalled", 15],
  ]);
});

test("columns are as long as the samples", () => {
  for (const { usage } of all) {
    for (const { engineActive, smActive, dramActive, memoryUsedMib, memoryTotalMib } of usage.devices) {
      for (const column of [engineActive, smActive, dramActive, memoryUsedMib]) {
        expect(column?.length ?? usage.samples).toBe(usage.samples);
      }
      expect(known(engineActive).every((share) => share >= 0 && share <= 1)).toBe(true);
      expect(known(memoryUsedMib).every((mib) => mib >= 0 && mib <= memoryTotalMib)).toBe(true);
    }
  }
});

test("only faults have an onset and hours", () => {
  for (const { usage, truth } of all) {
    const gpuHours = (usage.samples * usage.stepSeconds * usage.devices.length) / 3600;
    expect(Number.isNaN(truth.sinceSeconds)).toBe(truth.label === "healthy");
    expect(truth.recoverableGpuHours > 0).toBe(truth.label !== "healthy");
    expect(truth.recoverableGpuHours).toBeLessThanOrEqual(gpuHours);
  }
});

test("healthy jobs rest 20 minutes at most", () => {
  const healthy = of("steady-training", "evaluation-pauses", "bursty-training", "restarted-training", "short-training");
  for (const workload of healthy) expect(longestRest(workload)).toBeLessThanOrEqual(1260);
  const rests = of("evaluation-pauses").map((workload) => longestRest(workload));
  // pauses that a 15 minute rule would take for death are among them
  expect(Math.max(...rests)).toBeGreaterThan(900);
});

test("people at a notebook rest 25 minutes at most", () => {
  for (const workload of of("notebook")) expect(longestRest(workload)).toBeLessThanOrEqual(1560);
});

test("dead workloads rest but for twitches", () => {
  for (const workload of of("dead-notebook", "idle-server", "sleeping-job", "stalled")) {
    for (const { engineActive } of workload.usage.devices) {
      const rest = known(after(workload, engineActive));
      expect(rest.filter((share) => share >= 0.01).length).toBeLessThanOrEqual(rest.length * 0.02 + 2);
    }
  }
  const twitches = of("dead-notebook").filter((workload) =>
    workload.usage.devices.some(({ engineActive }) =>
      known(after(workload, engineActive)).some((share) => share > 0.03),
    ),
  );
  expect(twitches.length).toBeGreaterThan(0);
});

test("a hung collective looks busy by its engine", () => {
  for (const workload of of("hung-collective")) {
    for (const { engineActive, smActive } of workload.usage.devices) {
      expect(mean(after(workload, engineActive))).toBeGreaterThan(0.98);
      expect(mean(after(workload, smActive ?? engineActive))).toBeLessThan(0.09);
    }
  }
});

test("stalled workloads move no bytes", () => {
  for (const workload of of("stalled", "hung-collective")) {
    const io = workload.usage.ioBytesPerSecond;
    if (io !== undefined) expect(mean(after(workload, io))).toBeLessThan(1000);
  }
});

test("an idle server gets no requests any more", () => {
  for (const workload of of("idle-server")) {
    const requests = workload.usage.requestsPerSecond;
    if (requests !== undefined) expect(Math.max(...after(workload, requests))).toBe(0);
  }
  for (const { usage } of of("low-traffic-server")) {
    if (usage.requestsPerSecond !== undefined) expect(mean(usage.requestsPerSecond)).toBeGreaterThan(0.01);
  }
});

test("starved and tiny work use few SMs", () => {
  for (const workload of of("data-starved", "tiny-kernels")) {
    for (const sm of smOf(workload)) expect(mean(after(workload, sm))).toBeLessThan(0.3);
  }
});

test("unbalanced workloads differ between their GPUs", () => {
  for (const workload of of("unbalanced")) {
    const means = smOf(workload).map((sm) => mean(after(workload, sm)));
    expect(Math.max(...means) - Math.min(...means)).toBeGreaterThan(0.4);
  }
});

test("oversized jobs never need half the memory", () => {
  const mostUsed = ({ usage }: LabelledUsage) =>
    Math.max(...usage.devices.map((device) => Math.max(...known(device.memoryUsedMib)) / device.memoryTotalMib));
  for (const workload of of("oversized-memory", "fits-smaller-gpu")) {
    expect(mostUsed(workload)).toBeLessThan(0.45);
    expect(workload.usage.samples * workload.usage.stepSeconds).toBeGreaterThanOrEqual(26 * 3600);
  }
  for (const workload of of("peaky-memory")) expect(mostUsed(workload)).toBeGreaterThan(0.55);
});

test("missing samples are many where promised", () => {
  const missing = of("missing-samples").map(({ usage }) => {
    const column = usage.devices[0]?.engineActive ?? new Float64Array(1);
    return 1 - known(column).length / column.length;
  });
  expect(Math.max(...missing)).toBeGreaterThan(0.3);
  for (const share of missing) expect(share).toBeGreaterThan(0.05);
});
