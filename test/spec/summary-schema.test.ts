import { describe, expect, it } from "vitest";

import type { Summary } from "../../src/timeline/summary.ts";
import { parseSummary, summaryJsonSchema } from "../../src/timeline/summary-schema.ts";
import { rejections } from "./accepts.ts";

const summary: Summary = {
  version: 1,
  ok: true,
  run: "20260101-000000-abc",
  environment: "dev",
  target: "rehearsal",
  region: "us-east-1",
  phases: [{ name: "deploy", ok: true, seconds: 1.5, awsSeconds: 700 }],
  jobs: [
    {
      name: "gpu-test-job",
      namespace: "default",
      status: "succeeded",
      exitCode: 0,
      pendingSeconds: 80,
      runSeconds: 1,
      message: null,
      attempts: 1,
      node: {
        name: "n",
        instanceType: "g4dn.xlarge",
        capacityType: "spot",
        zone: "us-east-1a",
        gpus: 1,
        usdPerHour: 0.2,
      },
    },
    {
      name: "too-big",
      namespace: "default",
      status: "unfinished",
      exitCode: null,
      pendingSeconds: 5,
      runSeconds: 0,
      message: "0/0 nodes are available",
      attempts: 1,
      node: null,
    },
  ],
  nodes: [
    {
      name: "n",
      instanceType: "g4dn.xlarge",
      capacityType: "spot",
      zone: "us-east-1a",
      gpus: 1,
      launchedAt: "2026-01-01T00:00:00Z",
      readyAt: null,
      goneAt: null,
      usdPerHour: 0.2,
      usd: 0.01,
      busy: 0.5,
    },
  ],
  charges: [{ name: "EKS control plane", usdPerHour: 0.1, usd: 0.02 }],
  prices: [
    { of: "spot", source: "spot price history", asOf: "2026-01-01T00:00:00Z", ageDays: 0, live: true, note: null },
  ],
  usd: 0.03,
  compare: { onDemandUsd: 0.05, alwaysOnUsdPerMonth: 400 },
  leftovers: [
    { kind: "process", name: "1234", fix: "kill 1234" },
    { kind: "file", name: "/tmp/x" },
  ],
  report: null,
};

const schema = summaryJsonSchema() as Record<string, unknown>;
const rejected = (changes: object) => rejections(schema, { ...summary, ...changes });
const [job] = summary.jobs;
const [node] = summary.nodes;

describe("the summary's schema", () => {
  it("accepts a summary, published and in code", () => {
    expect(rejected({})).toEqual([]);
    expect(parseSummary(structuredClone(summary))).toEqual(summary);
  });

  it.each([
    [{ extra: 1 }, "$.extra"],
    [{ version: 2 }, "$.version"],
    [{ usd: -1 }, "$.usd"],
    [{ jobs: [{ ...job, status: "lost" }] }, "$.jobs[0].status"],
    [{ jobs: [{ ...job, exitCode: "0" }] }, "$.jobs[0].exitCode"],
    [{ jobs: [{ ...job, node: {} }] }, "$.jobs[0].node"],
    [{ nodes: [{ ...node, busy: 1.5 }] }, "$.nodes[0].busy"],
    [{ report: { dir: "x" } }, "$.report"],
    [{ leftovers: [{ kind: "file" }] }, "$.leftovers"],
  ])("rejects %j", (changes, path) => {
    expect(rejected(changes)).toContain(path);
    expect(() => parseSummary({ ...summary, ...changes })).toThrow();
  });
});
