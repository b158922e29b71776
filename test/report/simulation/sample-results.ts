import type { JobResults, PolicyRow } from "../../../src/report/simulation/results.ts";

const base: PolicyRow = {
  policy: "aura",
  kind: "policy",
  bestTimer: false,
  jobs: 12_775,
  completed: 12_775,
  busyGpuHours: 572_918,
  idleGpuHours: 51.14,
  bootGpuHours: 2211,
  costUsd: 515_730.4,
  waitMeanSeconds: 216.4,
  waitP50Seconds: 300,
  waitP95Seconds: 300,
  coldShare: 0.884,
  wasteSeconds: 2262.14 * 3600,
  waitGpuSeconds: 2107 * 3600,
  lossSeconds: 4369.6 * 3600,
  ratioToOptimum: 1.1093,
  ratioOfGaps: 1.1238,
  launches: 10_653,
  interruptions: 0,
  seed: 1,
  seconds: 7.73,
};

/** A policy's row, as simulated on Philly. */
export function row(changes: Partial<PolicyRow>): PolicyRow {
  return { ...base, ...changes };
}

const rows: readonly PolicyRow[] = [
  row({ policy: "clairvoyant", kind: "hindsight", idleGpuHours: 190, ratioToOptimum: 1.0396, ratioOfGaps: 1 }),
  row({}),
  row({ policy: "best-timer", kind: "hindsight", bestTimer: true, idleGpuHours: 225.3, ratioToOptimum: 1.1475 }),
  row({
    policy: "cluster-autoscaler-10m",
    kind: "baseline",
    idleGpuHours: 4352,
    bootGpuHours: 1997,
    wasteSeconds: 6349 * 3600,
    waitMeanSeconds: 181.2,
    ratioToOptimum: 2.0948,
    lossSeconds: 8251 * 3600,
    coldShare: 0.75,
  }),
  row({
    policy: "always-on",
    kind: "hindsight",
    idleGpuHours: 11_614_592,
    bootGpuHours: 0,
    wasteSeconds: 11_614_592 * 3600,
    lossSeconds: 11_614_592 * 3600,
    ratioToOptimum: 2948.6,
    waitMeanSeconds: 0,
    waitP50Seconds: 0,
    waitP95Seconds: 0,
    coldShare: 0,
    costUsd: 11_296_467,
  }),
];

export const sampleResults: JobResults = {
  version: 1,
  ok: true,
  kind: "jobs",
  trace: {
    name: "philly_10d.csv.gz",
    format: "Aura job CSV",
    startAt: "2026-01-05T00:00:00Z",
    spanSeconds: 61.2 * 86_400,
    jobs: 12_775,
    users: 135,
    groups: 14,
    gpuHours: 572_918,
    rejected: {
      count: 3,
      causes: [
        { cause: "duration_s is negative", count: 2, firstLine: 17 },
        { cause: "does not have 13 columns", count: 1, firstLine: 4001 },
      ],
    },
    neverFits: [{ reason: "no node has 1000000000 GPUs", jobs: 1 }],
  },
  world: {
    pools: 230,
    tenancy: "user",
    tenants: 136,
    region: "us-east-1",
    gpu: null,
    spot: false,
    launchSeconds: [300, 300],
    loadSeconds: 0,
    waitingWeight: 1,
    breakEvenSeconds: [600, 600],
    notes: ["EC2 has no P100: jobs that ask for nothing else take any GPU"],
    seed: 1,
  },
  optimum: { lossSeconds: 3939 * 3600, gapLossSeconds: 1800 * 3600, zeroWaitSeconds: 2100 * 3600 },
  policies: rows,
  tenants: [
    { tenant: "u12", jobs: 147, gpuHours: 76_249, policies: rows.slice(1) },
    { tenant: "<b>a tenant with quite a long name</b>", jobs: 9, gpuHours: 12.5, policies: rows.slice(1, 2) },
  ],
  sweep: [0.2, 1, 10].map((waitingWeight) => ({
    waitingWeight,
    breakEvenSeconds: [300 * (1 + waitingWeight), 300 * (1 + waitingWeight)] as const,
    policies: rows.slice(1, 4),
  })),
  report: null,
};
