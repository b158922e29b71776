import { describe, expect, it } from "vitest";

import type { SimulatedPolicy } from "../../src/simulate/options.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import type { WorldOptions } from "../../src/simulate/world/world-options.ts";
import type { TimelineEntry } from "../../src/timeline/entries.ts";
import { timelineModel } from "../../src/timeline/model.ts";
import { spotAlways, type TestJob, timer, traceOf } from "./traces.ts";

function told(jobs: readonly TestJob[], policy: SimulatedPolicy, options: Partial<WorldOptions> = {}) {
  const entries: TimelineEntry[] = [];
  const { result } = simulate({
    trace: traceOf(jobs),
    region: "us-east-1",
    makePolicy: () => policy,
    observe: (entry) => entries.push(entry),
    ...options,
  });
  return { entries, result, model: timelineModel(entries) };
}

const jobs: readonly TestJob[] = [
  { submit: 0, duration: 700, warm: true },
  { submit: 10, duration: 3000, gpus: 2, nodes: 2 },
  { submit: 100, duration: 500, gpus: 0.5 },
  { submit: 300, duration: 900, gpus: 0.4 },
  { submit: 4000, duration: 60 },
  { submit: 4030, duration: 0, user: "u2" },
];

describe("a simulation told as a timeline", () => {
  it("costs what the result says", () => {
    const { model, result } = told(jobs, timer(120));
    expect(model.usd).toBeCloseTo(result.costUsd, 4);
    expect(model.nodes).toHaveLength(result.launches + 1);
  });

  it("shows every job on its nodes", () => {
    const { model } = told(jobs, timer(120));
    expect(model.jobs.map(({ status }) => status)).toEqual(jobs.map(() => "succeeded"));
    expect(model.jobs.map(({ runSeconds }) => runSeconds)).toEqual(jobs.map(({ duration }) => duration));
    expect(model.jobs[1]?.attempts.map(({ node }) => node)).toHaveLength(2);
    expect(new Set(model.jobs[1]?.attempts.map(({ node }) => node)).size).toBe(2);
    expect(model.jobs.every(({ node }) => node !== undefined)).toBe(true);
  });

  it("waits as long as the result says", () => {
    const { model, result } = told(jobs, timer(0), { launchSeconds: 240 });
    const waited = model.jobs.reduce((sum, { pendingSeconds }) => sum + pendingSeconds, 0);
    expect(waited / jobs.length).toBeCloseTo(result.waitMeanSeconds, 3);
  });

  it("tells of spot nodes taken back", () => {
    const months = [{ submit: 0, duration: 900 * 86_400 }];
    const { model, result } = told(months, spotAlways(), { supply: { checkpoints: { writeSeconds: 60 } } });
    expect(result.interruptions).toBeGreaterThan(0);
    expect(model.nodes).toHaveLength(1 + result.interruptions);
    expect(model.usd).toBeCloseTo(result.costUsd, 3);
    expect(model.jobs[0]).toMatchObject({ status: "succeeded" });
    expect(model.compare.onDemandUsd).toBeGreaterThan(model.usd);
  });

  it("comes in order of time", () => {
    const { entries } = told(jobs, timer(120));
    const times = entries.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});
