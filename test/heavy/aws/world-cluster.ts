import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { KubeObject, Pod } from "../../../src/cluster/objects.ts";
import { timestamp } from "../../../src/kernel/clock.ts";
import { systemClock } from "../../../src/kernel/clocks.ts";
import { type RehearsalServer, startServer } from "../../../src/rehearsal/server.ts";
import { readRecord, type ServerOptions, writeOptions } from "../../../src/rehearsal/server-files.ts";
import type { Upstream } from "./eks-endpoint.ts";
import { type Karpenter, type KarpenterOptions, playKarpenter } from "./world-karpenter.ts";

/** The Kubernetes that EKS runs: there from CreateCluster to DeleteCluster, and a new one with each. */
export interface WorldCluster {
  /** Undefined while there is none. */
  server(): RehearsalServer | undefined;
  upstream(): Upstream | undefined;
  karpenter(): Karpenter | undefined;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface WorldClusterOptions extends Omit<KarpenterOptions, "core"> {
  readonly families: readonly string[];
  /** PATH of pods, which run as processes of this machine. */
  readonly podPath: string;
}

const speed = 2000;

export function worldCluster({ families, podPath, ...karpenter }: WorldClusterOptions): WorldCluster {
  let running: { server: RehearsalServer; upstream: Upstream; karpenter: Karpenter; dataDir: string } | undefined;
  return {
    server: () => running?.server,
    upstream: () => running?.upstream,
    karpenter: () => running?.karpenter,
    async start() {
      if (running !== undefined) return;
      const dataDir = await mkdtemp(join(tmpdir(), "aura-world-cluster-"));
      const options = optionsOf(karpenter.cluster, families);
      await writeOptions(dataDir, options);
      const server = await startServer(dataDir, options, {
        clock: systemClock(),
        pid: process.pid,
        hostEnv: { PATH: podPath, LANG: process.env["LANG"] },
        // a bug in the server must not hide behind a retry
        log: (message) => console.error("rehearsal server:", message),
        onExpired: () => {},
      });
      const record = await readRecord(dataDir);
      if (record === undefined) throw new Error("the server says nothing of itself");
      playController(server);
      running = { server, upstream: record, karpenter: playKarpenter({ ...karpenter, core: server.core }), dataDir };
    },
    async stop() {
      const stopping = running;
      running = undefined;
      if (stopping === undefined) return;
      await stopping.karpenter.stop();
      await stopping.server.stop();
      await rm(stopping.dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function optionsOf(name: string, families: readonly string[]): ServerOptions {
  const pool = {
    capacityTypes: ["spot", "on-demand"],
    architectures: ["amd64"],
    limits: {},
    holdMs: 0,
    expireAfterMs: 0,
  };
  return {
    ...{ name, region: "us-east-1", zones: ["us-east-1a", "us-east-1b", "us-east-1c"], empty: true },
    pools: [{ ...pool, name: "any", families, gpu: true } as ServerOptions["pools"][number]],
    ...{ speed, runtime: "auto", seed: 7, shortages: [] },
  };
}

/**
 * Karpenter itself is built into the server: the pod of its chart has nothing to do. A process or a timer in its place
 * would hold the cluster's clock, so it is said to be ready, and runs nowhere. (The chart names `world` as its scheduler.)
 */
function playController({ core, clock }: RehearsalServer): void {
  core.subscribe<Pod>({ apiVersion: "v1", kind: "Pod" }, ({ type, object }) => {
    if (type !== "ADDED" || object.spec?.schedulerName !== "world") return;
    const { name = "", namespace = "" } = object.metadata;
    const ref = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace } };
    const lastTransitionTime = timestamp(clock.now());
    const conditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map((condition) => {
      return { type: condition, status: "True", lastTransitionTime };
    });
    const status = { phase: "Running", podIP: "10.64.0.10", startTime: lastTransitionTime, conditions };
    queueMicrotask(() => {
      if (core.find(ref as KubeObject & typeof ref) !== undefined)
        core.patch(ref, { status }, { subresource: "status" });
    });
  });
}
