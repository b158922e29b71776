import type { Observation, TimelineEntry } from "../../../src/timeline/entries.ts";
import { at } from "../../timeline/sample.ts";

type Phase = Extract<Observation, { type: "phase" }>;
type Node = Extract<Observation, { type: "node" }>;
type Pod = Extract<Observation, { type: "pod" }>;
type Job = Extract<Observation, { type: "job" }>;

const phase = (name: Phase["phase"], state: Phase["state"], message?: string): Observation => ({
  type: "phase",
  phase: name,
  state,
  ...(message !== undefined && { message }),
});

const kinds = {
  cpu: { job: "app-job", node: "cpu-4h2kz", instanceType: "m7a.medium", gpus: 0, usdPerHour: 0.058 },
  gpu: { job: "gpu-test-job", node: "gpu-c9qtm", instanceType: "g4dn.xlarge", gpus: 1, gpu: "t4", usdPerHour: 0.19 },
} as const;
type Kind = keyof typeof kinds;

const node = (kind: Kind, state: Node["state"]): Observation => {
  const { job: _, node: name, ...facts } = kinds[kind];
  const where = { pool: kind, capacityType: "spot", zone: "us-east-1a", onDemandUsdPerHour: 0.6 } as const;
  return { type: "node", name, node: `ip-${name}`, state, ...where, ...facts };
};

const pod = (kind: Kind, state: Pod["state"], extra: Partial<Pod> = {}): Observation => {
  const { job, gpus, node: claim } = kinds[kind];
  const requests = { cpuMillis: 1000, memoryMib: 512, gpus };
  const placed = state === "created" ? {} : { node: `ip-${claim}` };
  return { type: "pod", namespace: "default", name: `${job}-x`, uid: job, job, state, requests, ...placed, ...extra };
};

const job = (kind: Kind, state: Job["state"], message?: string): Observation => ({
  type: "job",
  namespace: "default",
  name: kinds[kind].job,
  state,
  gpus: kinds[kind].gpus,
  ...(message !== undefined && { message }),
});

const deployed = (): TimelineEntry[] => [
  at(0, {
    type: "run",
    run: "dev-1",
    environment: "dev",
    target: "aws",
    region: "us-east-1",
    version: "0.1.0",
    speed: 1,
    simulated: [],
  }),
  at(0, phase("deploy", "started")),
  at(600, phase("deploy", "succeeded")),
  at(600, phase("run", "started")),
  ...(["cpu", "gpu"] as const).flatMap((kind) => [at(601, job(kind, "submitted")), at(601, pod(kind, "created"))]),
];

const came = (kind: Kind, extra = 0): TimelineEntry[] => [
  at(604, node(kind, "requested")),
  at(607, node(kind, "launched")),
  at(640 + extra, node(kind, "registered")),
  at(650 + extra, node(kind, "ready")),
  at(651 + extra, pod(kind, "scheduled")),
  at(660 + extra, pod(kind, "running")),
];

const succeeded = (kind: Kind, second: number): TimelineEntry[] => [
  at(second, pod(kind, "succeeded", { exitCode: 0 })),
  at(second, job(kind, "succeeded")),
];

const released = (kind: Kind, second: number): TimelineEntry[] => [
  at(second, node(kind, "disrupted")),
  at(second + 10, node(kind, "gone")),
];

const ran = (state: "succeeded" | "failed", message?: string): TimelineEntry[] => [
  at(800, phase("run", state, message)),
  at(800, phase("collect", "started")),
];

const collected = (): TimelineEntry[] => [at(950, phase("collect", "succeeded"))];

const destroyed = (found: Extract<Observation, { type: "leftovers" }>["found"] = []): TimelineEntry[] => [
  at(1000, phase("destroy", "started")),
  at(1600, { type: "leftovers", checked: ["instances", "NAT gateways"], found }),
  at(
    1600,
    found.length === 0 ? phase("destroy", "succeeded") : phase("destroy", "failed", "1 thing could not be taken down"),
  ),
];

const cpuWhole = () => [...came("cpu"), ...succeeded("cpu", 700), ...released("cpu", 740)];
const gpuUse: TimelineEntry = at(700, {
  type: "usage",
  namespace: "default",
  pod: "gpu-test-job-x",
  gpus: [{ utilizationPercent: 87, memoryMib: 2310 }],
});
const noSpot = "no instance type satisfied resources and requirements: InsufficientInstanceCapacity for g4dn.xlarge";
const noGpu = "no GPU is visible: nvidia-smi answers nothing";

/** Runs of the two committed jobs, each with one thing that may go wrong. Hand-made, in round numbers. */
export const cases: Readonly<Record<string, readonly TimelineEntry[]>> = {
  success: [
    ...deployed(),
    ...cpuWhole(),
    ...came("gpu", 45),
    gpuUse,
    ...succeeded("gpu", 760),
    ...ran("succeeded"),
    ...released("gpu", 820),
    ...collected(),
    ...destroyed(),
  ],
  "not-destroyed": [
    ...deployed(),
    ...cpuWhole(),
    ...came("gpu"),
    ...succeeded("gpu", 760),
    ...ran("succeeded"),
    ...released("gpu", 820),
    ...collected(),
  ],
  "gpu-missing": [
    ...deployed(),
    ...cpuWhole(),
    at(603, { type: "wait", namespace: "default", pod: "gpu-test-job-x", reason: noSpot }),
    at(790, job("gpu", "timed-out", `is pending: ${noSpot}`)),
    ...ran("failed", "1 job did not end within 3 min 09 s"),
    ...collected(),
    ...destroyed(),
  ],
  "gpu-failed": [
    ...deployed(),
    ...cpuWhole(),
    ...came("gpu"),
    at(720, pod("gpu", "failed", { exitCode: 1, reason: "Error", message: noGpu })),
    at(721, job("gpu", "failed", noGpu)),
    ...ran("failed", "gpu-test-job failed"),
    ...collected(),
    ...destroyed(),
    ...released("gpu", 1002),
  ],
  "not-released": [
    ...deployed(),
    ...cpuWhole(),
    ...came("gpu"),
    ...succeeded("gpu", 760),
    ...ran("succeeded"),
    ...collected(),
    ...destroyed(),
    ...released("gpu", 1002),
  ],
  leftovers: [
    ...deployed(),
    ...cpuWhole(),
    ...came("gpu"),
    ...succeeded("gpu", 760),
    ...ran("succeeded"),
    ...released("gpu", 820),
    ...collected(),
    ...destroyed([{ kind: "NAT gateway", name: "nat-0123", fix: "aura sweep --delete" }]),
  ],
  "still-there": [
    ...deployed(),
    ...cpuWhole(),
    ...came("gpu"),
    ...succeeded("gpu", 760),
    ...ran("succeeded"),
    ...collected(),
  ],
  budget: [
    ...deployed(),
    ...cpuWhole(),
    ...came("gpu"),
    at(790, job("gpu", "failed", "the budget of $5.00 is spent")),
    ...ran("failed", "the run has cost $5.02, its budget is $5.00"),
    ...collected(),
    ...destroyed(),
    ...released("gpu", 1002),
  ],
  "deploy-failed": [
    ...deployed().slice(0, 2),
    at(300, phase("deploy", "failed", "tofu apply failed: VcpuLimitExceeded")),
    ...destroyed(),
  ],
};
