import type { Observation, TimelineEntry } from "../../src/timeline/entries.ts";

/** 2026-01-01 00:00:00 UTC: second 0 of the samples. */
export const start = Date.UTC(2026, 0, 1);

/** An entry at a second of the cluster's time; `wall`, in seconds too, is a tenth of it unless given. */
export function at(second: number, observation: Observation, wall = second / 10): TimelineEntry {
  return { at: start + second * 1000, wall: start + Math.round(wall * 1000), ...observation };
}

const head: Observation = {
  type: "run",
  run: "dev-20260101-000000-x7kq",
  environment: "dev",
  target: "rehearsal",
  region: "us-east-1",
  version: "0.1.0",
  speed: 60,
  simulated: [
    "the AWS account: no VPC, EKS control plane or instance exists; nothing is billed",
    "images: containers run as processes of this machine, and image pulls are only delays",
    "devices: a GPU node has no GPU unless this machine has one; nvidia-smi says so",
    "network: pods have no addresses of their own, and services do not exist",
    "delays of launch, registration, image pull and termination: a seeded model, passed 60 times faster",
    "prices: on-demand and spot prices of the catalog for us-east-1",
  ],
  budgetUsd: 5,
};

type Phase = Extract<Observation, { type: "phase" }>;
const phase = (name: Phase["phase"], state: Phase["state"], message?: string): Observation => ({
  type: "phase",
  phase: name,
  state,
  ...(message !== undefined && { message }),
});

type Node = Extract<Observation, { type: "node" }>;
const cpuNode = (state: Node["state"]): Observation => ({
  type: "node",
  name: "cpu-4h2kz",
  state,
  node: "ip-10-0-1-12.ec2.internal",
  pool: "cpu",
  instanceType: "m6a.large",
  capacityType: "on-demand",
  zone: "us-east-1a",
  gpus: 0,
  usdPerHour: 0.0864,
  onDemandUsdPerHour: 0.0864,
});
const gpuNode = (name: string, ip: string, zone: string, state: Node["state"]): Observation => ({
  type: "node",
  name,
  state,
  node: `ip-${ip}.ec2.internal`,
  pool: "gpu",
  instanceType: "g4dn.xlarge",
  capacityType: "spot",
  zone,
  gpus: 1,
  gpu: "t4",
  usdPerHour: 0.18936,
  onDemandUsdPerHour: 0.526,
  priceEstimated: true,
});

type Pod = Extract<Observation, { type: "pod" }>;
const pod = (job: string, suffix: string, state: Pod["state"], extra: Partial<Pod> = {}): Observation => ({
  type: "pod",
  namespace: "default",
  name: `${job}-${suffix}`,
  uid: `uid-${suffix}`,
  job,
  state,
  requests: job === "app" ? { cpuMillis: 500, memoryMib: 512, gpus: 0 } : { cpuMillis: 2000, memoryMib: 8192, gpus: 1 },
  ...extra,
});

const event = (
  level: "Normal" | "Warning",
  kind: string,
  name: string,
  reason: string,
  message: string,
  source: string,
): Observation => ({ type: "event", level, kind, namespace: "default", name, reason, message, source });

const needsGpu = "0/1 nodes are available: 1 Insufficient nvidia.com/gpu. preemption: not eligible.";
const noSpot = "could not launch: InsufficientInstanceCapacity for spot g4dn.xlarge in us-east-1a";

const charges = [
  { name: "EKS control plane", usdPerHour: 0.1, source: "AWS prices for EKS, VPC and public IPv4, 2026-11-23" },
  { name: "NAT gateway", usdPerHour: 0.045, source: "AWS prices for EKS, VPC and public IPv4, 2026-11-23" },
];
const sources = [
  { of: "on-demand", source: "AWS price list for us-east-1", asOf: "2025-12-20", live: false },
  { of: "spot", source: "estimate: on-demand price less a saving", asOf: "2025-06-28", live: false },
] as const;
const logs = "estimate: middle of public Terraform logs, 2026-11-24";

/**
 * A run of two jobs. `gpu-test` waits for a spot node, loses it after 40 seconds, waits through a shortage and succeeds
 * on another; `app` runs on an on-demand node. Hand-made, in round numbers.
 */
export function sampleTimeline(): TimelineEntry[] {
  const first = { node: "ip-10-0-1-77.ec2.internal" };
  const second = { node: "ip-10-0-2-31.ec2.internal" };
  const app = { node: "ip-10-0-1-12.ec2.internal" };
  return [
    at(0, head),
    at(0, phase("deploy", "started")),
    at(0, { type: "estimate", phase: "deploy", name: "EKS control plane", seconds: 588, source: logs }),
    at(0, { type: "estimate", phase: "deploy", name: "system node group", seconds: 110, source: logs }),
    at(0, { type: "estimate", phase: "destroy", name: "EKS control plane", seconds: 204, source: logs }),
    ...charges.map((charge) => at(0, { type: "charge", state: "started", ...charge })),
    at(4, { type: "prices", sources }),
    at(1, { type: "step", phase: "deploy", step: "cluster", state: "started", message: "embedded cluster" }),
    at(3, { type: "step", phase: "deploy", step: "cluster", state: "succeeded" }),
    at(4, phase("deploy", "succeeded")),
    at(5, phase("run", "started")),
    at(5, { type: "job", namespace: "default", name: "app", state: "submitted", gpus: 0 }),
    at(5, { type: "job", namespace: "default", name: "gpu-test", state: "submitted", gpus: 1 }),
    at(5, pod("app", "9xk2p", "created")),
    at(5, pod("gpu-test", "b7d4w", "created")),
    at(6, { type: "wait", namespace: "default", pod: "app-9xk2p", reason: "no nodes available to schedule pods" }),
    at(6, { type: "wait", namespace: "default", pod: "gpu-test-b7d4w", reason: "no nodes available to schedule pods" }),
    at(6, event("Warning", "Pod", "gpu-test-b7d4w", "FailedScheduling", needsGpu, "default-scheduler")),
    at(8, cpuNode("requested")),
    at(8, gpuNode("gpu-c9qtm", "10-0-1-77", "us-east-1a", "requested")),
    at(10, cpuNode("launched")),
    at(11, gpuNode("gpu-c9qtm", "10-0-1-77", "us-east-1a", "launched")),
    at(38, cpuNode("registered")),
    at(44, cpuNode("ready")),
    at(45, pod("app", "9xk2p", "scheduled", app)),
    at(46, pod("app", "9xk2p", "pulling", app)),
    at(48, gpuNode("gpu-c9qtm", "10-0-1-77", "us-east-1a", "registered")),
    at(52, pod("app", "9xk2p", "running", app)),
    at(66, gpuNode("gpu-c9qtm", "10-0-1-77", "us-east-1a", "ready")),
    at(67, pod("gpu-test", "b7d4w", "scheduled", first)),
    at(68, event("Normal", "Pod", "gpu-test-b7d4w", "Pulling", 'Pulling image "nvidia/cuda:12.4.1-base"', "kubelet")),
    at(68, pod("gpu-test", "b7d4w", "pulling", first)),
    at(80, { type: "usage", namespace: "default", pod: "app-9xk2p", cpuMillis: 212.4, memoryMib: 41.6 }),
    at(92, pod("app", "9xk2p", "succeeded", { ...app, exitCode: 0, reason: "Completed" })),
    at(92, { type: "job", namespace: "default", name: "app", state: "succeeded", gpus: 0 }),
    at(112, pod("gpu-test", "b7d4w", "running", first)),
    at(123, cpuNode("disrupted")),
    at(131, cpuNode("gone")),
    at(
      152,
      event("Warning", "Node", "gpu-c9qtm", "SpotInterrupted", "Spot interruption warning was received", "karpenter"),
    ),
    at(152, gpuNode("gpu-c9qtm", "10-0-1-77", "us-east-1a", "disrupted")),
    at(
      160,
      pod("gpu-test", "b7d4w", "failed", {
        ...first,
        exitCode: 143,
        reason: "DisruptionTarget",
        message: "node was reclaimed",
      }),
    ),
    at(161, pod("gpu-test", "q5n8s", "created")),
    at(162, { type: "wait", namespace: "default", pod: "gpu-test-q5n8s", reason: needsGpu }),
    at(164, gpuNode("gpu-c9qtm", "10-0-1-77", "us-east-1a", "gone")),
    at(165, event("Warning", "NodeClaim", "gpu-z2m6r", "InsufficientCapacityError", noSpot, "karpenter")),
    at(165, { type: "wait", namespace: "default", pod: "gpu-test-q5n8s", reason: noSpot }),
    at(167, gpuNode("gpu-z2m6r", "10-0-2-31", "us-east-1b", "requested")),
    at(170, gpuNode("gpu-z2m6r", "10-0-2-31", "us-east-1b", "launched")),
    at(208, gpuNode("gpu-z2m6r", "10-0-2-31", "us-east-1b", "registered")),
    at(224, gpuNode("gpu-z2m6r", "10-0-2-31", "us-east-1b", "ready")),
    at(225, pod("gpu-test", "q5n8s", "scheduled", second)),
    at(226, pod("gpu-test", "q5n8s", "pulling", second)),
    at(268, pod("gpu-test", "q5n8s", "running", second)),
    at(300, { type: "usage", namespace: "default", pod: "gpu-test-q5n8s", cpuMillis: 1480, memoryMib: 2310 }),
    at(328, pod("gpu-test", "q5n8s", "succeeded", { ...second, exitCode: 0, reason: "Completed" })),
    at(328, { type: "job", namespace: "default", name: "gpu-test", state: "succeeded", gpus: 1 }),
    at(329, phase("run", "succeeded")),
    at(329, phase("collect", "started")),
    at(330, log("app-9xk2p", "app", "loading 3 shards\nstep 100/100 loss 0.412\ndone\n")),
    at(330, log("gpu-test-b7d4w", "cuda", "NVIDIA-SMI rehearsal: 1 × Tesla T4 (simulated)\nstep 12/40\nterminated\n")),
    at(
      331,
      log("gpu-test-q5n8s", "cuda", "NVIDIA-SMI rehearsal: 1 × Tesla T4 (simulated)\nstep 40/40\nGPU test passed\n"),
    ),
    at(331, {
      type: "output",
      namespace: "default",
      pod: "app-9xk2p",
      job: "app",
      path: "outputs/default.app-9xk2p/result.json",
      bytes: 1834,
    }),
    at(388, gpuNode("gpu-z2m6r", "10-0-2-31", "us-east-1b", "disrupted")),
    at(402, gpuNode("gpu-z2m6r", "10-0-2-31", "us-east-1b", "gone")),
    at(403, phase("collect", "succeeded")),
    at(404, phase("destroy", "started")),
    at(405, pod("gpu-test", "q5n8s", "gone", second)),
    ...charges.map((charge) => at(408, { type: "charge", state: "ended", ...charge })),
    at(409, {
      type: "leftovers",
      checked: ["Jobs", "NodeClaims", "NodePools", "EC2NodeClasses", "processes", "sockets", "files"],
      found: [],
    }),
    at(410, phase("destroy", "succeeded")),
  ];
}

function log(name: string, container: string, tail: string): Observation {
  return {
    type: "log",
    namespace: "default",
    pod: name,
    container,
    path: `logs/default.${name}.${container}.log`,
    bytes: tail.length,
    tail,
  };
}
