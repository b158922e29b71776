import { expect, test } from "vitest";

import { generateTrace } from "../../../src/trace/demand/generate-trace.ts";
import { parseTrace } from "../../../src/trace/read/read-trace.ts";
import { perTenant } from "../../../src/trace/subsets.ts";
import { jobStatuses, type Trace } from "../../../src/trace/trace.ts";
import { writeTrace } from "../../../src/trace/write-trace.ts";

const traces = [11, 12, 13].map((seed) => generateTrace({ seed, users: 40, days: 28 }));
const rows = (trace: Trace) => Array.from({ length: trace.jobs.count }, (_, row) => row);
const failed = jobStatuses.indexOf("failed");

/** Share of the rows for which `holds`. */
function share(of: readonly number[], holds: (row: number) => boolean): number {
  return of.filter(holds).length / of.length;
}

const people = (trace: Trace) => perTenant(trace).filter(({ tenant }) => !tenant.startsWith("nightly"));
const nightlies = (trace: Trace) => perTenant(trace).filter(({ tenant }) => tenant.startsWith("nightly"));
const byHand =
  ({ jobs, users }: Trace) =>
  (row: number) =>
    !users[jobs.user[row] ?? -1]?.startsWith("nightly");

test("the same options give the same trace", () => {
  expect(generateTrace({ seed: 3 })).toEqual(generateTrace({ seed: 3 }));
  expect(generateTrace({ seed: 3 })).not.toEqual(generateTrace({ seed: 4 }));
});

test("a trace has its users, days and order", () => {
  const trace = generateTrace({ seed: 1, users: 20, days: 7 });
  expect(trace.users.length).toBeGreaterThan(15);
  expect(trace.users.length).toBeLessThanOrEqual(23);
  const submits = [...trace.jobs.submitSeconds];
  expect(submits).toEqual([...submits].sort((a, b) => a - b));
  expect(submits.every((at) => at >= 0 && at < 7 * 86_400)).toBe(true);
});

test("more people and days change nobody's habits", () => {
  const first = (trace: Trace) => {
    const own = perTenant(trace).find(({ tenant }) => tenant === "u3");
    return [...(own?.trace.jobs.submitSeconds ?? [])].filter((at) => at < 7 * 86_400);
  };
  const few = first(generateTrace({ seed: 5, users: 7 }));
  expect(few.length).toBeGreaterThan(2);
  expect(first(generateTrace({ seed: 5, users: 9, days: 20 }))).toEqual(few);
});

test.each(traces)("people rest at weekends and at night", (trace) => {
  const hand = rows(trace).filter(byHand(trace));
  const at = (row: number) => trace.jobs.submitSeconds[row] ?? 0;
  expect(share(hand, (row) => Math.floor(at(row) / 86_400) % 7 >= 5)).toBeLessThan(0.12);
  expect(share(hand, (row) => at(row) % 86_400 >= 8 * 3600 && at(row) % 86_400 < 20 * 3600)).toBeGreaterThan(0.8);
});

test("working hours follow the time zone", () => {
  const trace = generateTrace({ seed: 8, users: 30, zoneHours: 9 });
  const hand = rows(trace).filter(byHand(trace));
  const hour = (row: number) => (((trace.jobs.submitSeconds[row] ?? 0) / 3600 + 9) % 24) - 14;
  expect(share(hand, (row) => Math.abs(hour(row)) <= 6)).toBeGreaterThan(0.8);
});

test("a start on a Saturday begins with rest", () => {
  const trace = generateTrace({ seed: 8, users: 30, days: 7, startMs: Date.UTC(2026, 0, 10) });
  const hand = rows(trace).filter(byHand(trace));
  expect(share(hand, (row) => (trace.jobs.submitSeconds[row] ?? 0) < 2 * 86_400)).toBeLessThan(0.12);
});

test.each(traces)("who failed comes back soon", (trace) => {
  let [failures, back] = [0, 0];
  for (const { trace: own } of people(trace)) {
    const { submitSeconds, durationSeconds, status } = own.jobs;
    for (const row of rows(own).filter((each) => status[each] === failed)) {
      const end = (submitSeconds[row] ?? 0) + (durationSeconds[row] ?? 0);
      failures += 1;
      if (submitSeconds.some((at) => at >= end && at <= end + 600)) back += 1;
    }
  }
  expect(back / failures).toBeGreaterThan(0.45);
  expect(back / failures).toBeLessThan(0.8);
});

test.each(traces)("statuses and sizes are as documented", ({ jobs, ...trace }) => {
  const all = rows({ jobs, ...trace });
  expect(share(all, (row) => jobs.status[row] === failed)).toBeGreaterThan(0.18);
  expect(share(all, (row) => jobs.status[row] === failed)).toBeLessThan(0.4);
  expect(share(all, (row) => (jobs.gpus[row] ?? 0) < 1)).toBeGreaterThan(0.03);
  expect(all.some((row) => (jobs.nodes[row] ?? 0) > 1)).toBe(true);
  for (const row of all) if ((jobs.nodes[row] ?? 0) > 1) expect((jobs.gpus[row] ?? 0) / (jobs.nodes[row] ?? 0)).toBe(8);
});

test.each(traces)("few jobs take most of the time", (trace) => {
  const { gpus, durationSeconds } = trace.jobs;
  const work = [...gpus].map((amount, row) => amount * (durationSeconds[row] ?? 0)).sort((a, b) => b - a);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  expect(sum(work.slice(0, work.length / 10)) / sum(work)).toBeGreaterThan(0.7);
  const sorted = [...durationSeconds].sort((a, b) => a - b);
  expect((sorted.at(-sorted.length / 100) ?? 0) / (sorted[Math.floor(sorted.length / 2)] ?? 1)).toBeGreaterThan(15);
});

test.each(traces)("sweeps come in bursts", (trace) => {
  let burst = 0;
  for (const { trace: own } of people(trace)) {
    const at = [...own.jobs.submitSeconds];
    burst += at.filter((each) => at.filter((other) => Math.abs(other - each) <= 15).length >= 4).length;
  }
  expect(burst / trace.jobs.count).toBeGreaterThan(0.1);
});

test.each(traces)("nightly jobs keep their minute", (trace) => {
  const nights = nightlies(trace);
  expect(nights).toHaveLength(6);
  for (const { trace: own } of nights) {
    const seconds = [...own.jobs.submitSeconds].map((at) => at % 86_400).sort((a, b) => a - b);
    const usual = seconds[Math.floor(seconds.length / 2)] ?? 0;
    expect(seconds.filter((at) => Math.abs(at - usual) <= 120).length / seconds.length).toBeGreaterThan(0.75);
    expect(own.jobs.count).toBeGreaterThanOrEqual(20);
  }
});

test("a generated trace is written and read back", () => {
  const trace = generateTrace({ seed: 2 });
  const read = parseTrace(writeTrace(trace), { name: trace.name, startMs: trace.startMs });
  expect(read.rejected.count).toBe(0);
  expect(read.kind === "jobs" && read.trace.jobs.durationSeconds).toEqual(trace.jobs.durationSeconds);
});
