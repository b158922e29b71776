import { describe, expect, it } from "vitest";

import type { Observation, TimelineEntry } from "../../src/timeline/entries.ts";
import { timelineModel } from "../../src/timeline/model.ts";
import { at, sampleTimeline, start } from "./sample.ts";

const model = timelineModel(sampleTimeline());

describe("nodes of a timeline", () => {
  it("bills from launched to gone", () => {
    const [cpu, first, second] = model.nodes;
    expect(cpu?.usd).toBeCloseTo((121 / 3600) * 0.0864, 6);
    expect(first?.usd).toBeCloseTo((153 / 3600) * 0.18936, 6);
    expect(first?.onDemandUsd).toBeCloseTo((153 / 3600) * 0.526, 6);
    expect(second?.billed).toEqual({ from: start + 170_000, to: start + 402_000 });
  });

  it("tells the busy share of billed time", () => {
    expect(model.nodes.map(({ busy }) => busy)).toEqual([40 / 121, 48 / 153, 60 / 232]);
  });

  it.each<[string, number | undefined, number, boolean]>([
    ["bills a short life a minute", 10, 60, false],
    ["bills a long life by the second", 100, 100, false],
    ["bills one still there to the end", undefined, 500, true],
  ])("%s", (_, gone, seconds, open) => {
    const entries = [
      at(0, node("launched")),
      ...(gone === undefined ? [] : [at(gone, node("gone"))]),
      at(500, nothing),
    ];
    const [only] = timelineModel(entries).nodes;
    expect(only?.open).toBe(open);
    expect(((only?.billed?.to ?? 0) - (only?.billed?.from ?? 0)) / 1000).toBe(seconds);
    expect(only?.usd).toBeCloseTo((seconds / 3600) * 3.6, 6);
  });

  it("counts overlapping pods on a node once", () => {
    const entries = [
      at(0, node("launched")),
      at(100, node("gone")),
      ...podLife("a", 10, 50),
      ...podLife("b", 30, 60),
      ...podLife("c", 80, 90),
    ];
    expect(timelineModel(entries).nodes[0]?.busy).toBeCloseTo(0.6, 9);
  });

  it("charges nothing for what never launched", () => {
    const [only] = timelineModel([at(0, node("requested")), at(90, node("gone"))]).nodes;
    expect(only).toMatchObject({ usd: 0, open: false });
    expect(only?.billed).toBeUndefined();
  });
});

describe("money of a timeline", () => {
  it("bills the environment for the time on AWS", () => {
    // 408 seconds of cluster time, 698 more for deploy and 204 for destroy
    expect(model.charges.map(({ seconds }) => seconds)).toEqual([1310, 1310]);
    expect(model.charges[0]?.usd).toBeCloseTo(0.1 * (1310 / 3600), 6);
  });

  it("compares with the dearest fleet at once", () => {
    // the second GPU node came after the first had gone
    const hourly = 0.0864 + 0.526 + 0.145;
    expect(model.compare.alwaysOnUsdPerHour).toBeCloseTo(hourly, 6);
    expect(model.compare.alwaysOnUsdPerMonth).toBeCloseTo(hourly * 730, 4);
  });

  it("takes the price last told for a node", () => {
    const unpriced: Observation = { type: "node", name: "n", state: "requested" };
    const [only] = timelineModel([at(0, unpriced), at(1, node("launched")), at(3601, node("gone"))]).nodes;
    expect(only).toMatchObject({ priced: true, usd: 3.6 });
  });
});

describe("phases of a timeline", () => {
  it("adds estimates to the cluster's time", () => {
    expect(model.phases.map(({ name, seconds, awsSeconds }) => [name, seconds, awsSeconds])).toEqual([
      ["deploy", 0.4, 702],
      ["run", 32.4, 324],
      ["collect", 7.4, 74],
      ["destroy", 0.6, 210],
    ]);
    expect(model.awsSeconds).toBe(410 + 588 + 110 + 204);
  });

  it("sums the attempts of a resumed phase", () => {
    const entries = [
      at(0, { type: "phase", phase: "run", state: "started" }, 0),
      at(30, nothing, 3),
      at(40, { type: "phase", phase: "run", state: "started" }, 100),
      at(60, { type: "phase", phase: "run", state: "succeeded" }, 105),
    ];
    expect(timelineModel(entries).phases).toMatchObject([{ state: "succeeded", seconds: 8, clusterSeconds: 50 }]);
  });

  it("ends an open phase at the last line", () => {
    const entries = [at(0, { type: "phase", phase: "deploy", state: "started" }, 0), at(25, nothing, 2.5)];
    expect(timelineModel(entries).phases).toMatchObject([{ state: "unfinished", seconds: 2.5, clusterSeconds: 25 }]);
  });
});

describe("jobs of a timeline", () => {
  it("follows a job through its attempts", () => {
    const job = model.jobs.find(({ name }) => name === "gpu-test");
    expect(job).toMatchObject({ status: "succeeded", exitCode: 0, pendingSeconds: 107, runSeconds: 216 });
    expect(job?.attempts.map(({ end, exitCode }) => [end, exitCode])).toEqual([
      ["failed", 143],
      ["succeeded", 0],
    ]);
    expect(job?.node?.name).toBe("gpu-z2m6r");
  });

  it("lets a resumed job end again", () => {
    const entries = [at(0, job("submitted")), at(50, job("interrupted")), at(90, job("succeeded"))];
    expect(timelineModel(entries).jobs).toMatchObject([{ status: "succeeded", pendingSeconds: 90 }]);
  });

  it("counts a job run again once more", () => {
    const again = [at(0, job("submitted")), at(50, job("succeeded")), at(90, job("submitted")), at(99, job("failed"))];
    const entries = [...again, ...podLife("a", 20, 40), ...podLife("b", 92, 98)];
    expect(timelineModel(entries).jobs.map(({ status, submittedAt }) => [status, submittedAt - start])).toEqual([
      ["succeeded", 0],
      ["failed", 90_000],
    ]);
  });

  it("leaves a job without an end unfinished", () => {
    const entries = [at(0, job("submitted")), ...podLife("a", 20, undefined), at(100, nothing)];
    const [only] = timelineModel(entries).jobs;
    expect(only).toMatchObject({ status: "unfinished", pendingSeconds: 20, runSeconds: 80 });
    expect(only?.exitCode).toBeUndefined();
  });
});

describe("waits of a timeline", () => {
  it("hold until the next reason or a node", () => {
    const waits = model.waits.map(({ pod, span }) => [pod, (span.from - start) / 1000, (span.to - start) / 1000]);
    expect(waits).toEqual([
      ["app-9xk2p", 6, 45],
      ["gpu-test-b7d4w", 6, 67],
      ["gpu-test-q5n8s", 162, 165],
      ["gpu-test-q5n8s", 165, 225],
    ]);
  });

  it("are open when no node ever came", () => {
    const wait = (reason: string): Observation => ({ type: "wait", namespace: "default", pod: "p", reason });
    const entries = [at(0, wait("full")), at(5, wait("full")), at(60, nothing)];
    expect(timelineModel(entries).waits).toMatchObject([{ reason: "full", open: true, span: { to: start + 60_000 } }]);
  });
});

const nothing: Observation = { type: "step", phase: "run", step: "jobs", state: "started" };

function node(state: Extract<Observation, { type: "node" }>["state"]): Observation {
  return { type: "node", name: "n", node: "ip-n", state, usdPerHour: 3.6 };
}

function job(state: Extract<Observation, { type: "job" }>["state"]): Observation {
  return { type: "job", namespace: "default", name: "work", state, gpus: 0 };
}

function podLife(name: string, from: number, to: number | undefined): TimelineEntry[] {
  const pod = {
    type: "pod",
    namespace: "default",
    name,
    uid: name,
    job: "work",
    node: "ip-n",
    requests: { cpuMillis: 1, memoryMib: 1, gpus: 0 },
  } as const;
  const end = to === undefined ? [] : [at(to, { ...pod, state: "succeeded", exitCode: 0 })];
  return [at(from, { ...pod, state: "running" }), ...end];
}
