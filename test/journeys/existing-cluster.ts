import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import type { ObjectApi } from "../../src/cluster/api.ts";
import { connectCluster } from "../../src/cluster/connect.ts";
import type { AnyObject, KubeObject, Pod } from "../../src/cluster/objects.ts";
import { systemClock } from "../../src/kernel/clocks.ts";
import { type RehearsalServer, startServer } from "../../src/rehearsal/server.ts";
import { type ServerOptions, serverFiles, writeOptions } from "../../src/rehearsal/server-files.ts";
import type { Pool } from "../../src/spec/environment.ts";

/** A cluster that was there before: with Karpenter, a NodePool, a job that runs, and things of another environment. */
export interface ExistingCluster {
  readonly kubeconfig: string;
  readonly api: ObjectApi;
  readonly server: RehearsalServer;
  /** What of it changed since it was made, that is not the run's to change. */
  changed(): Promise<string[]>;
  /** The names of everything that is an environment's. */
  own(environment: string): Promise<string[]>;
}

const kinds = [
  { apiVersion: "batch/v1", kind: "Job" },
  { apiVersion: "v1", kind: "Pod" },
  { apiVersion: "v1", kind: "ConfigMap" },
  { apiVersion: "karpenter.sh/v1", kind: "NodePool" },
  { apiVersion: "karpenter.sh/v1", kind: "NodeClaim" },
  { apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass" },
];

const pool: Pool = {
  name: "cpu",
  families: ["m7i", "g4dn"],
  capacityTypes: ["on-demand"],
  architectures: ["amd64"],
  gpu: false,
  limits: {},
  holdMs: 30_000,
  expireAfterMs: 86_400_000,
};

/** Starts one in this process; it ends with the test. */
export async function existingCluster(speed = 2000): Promise<ExistingCluster> {
  const dataDir = await mkdtemp(join(tmpdir(), "aura-existing-"));
  const options: ServerOptions = {
    name: "theirs",
    region: "us-east-1",
    zones: ["us-east-1a"],
    pools: [pool],
    speed,
    seed: 5,
    runtime: "auto",
    shortages: [],
  };
  await writeOptions(dataDir, options);
  const server = await startServer(dataDir, options, {
    clock: systemClock(),
    pid: process.pid,
    log: (message) => {
      throw new Error(message);
    },
    hostEnv: { PATH: process.env["PATH"] },
    onExpired: () => {},
  });
  onTestFinished(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });
  const { kubeconfig } = serverFiles(dataDir);
  const api = await connectCluster(kubeconfig);
  for (const object of others()) await api.create(object);
  await settled(api);
  const before = await state(api);
  return {
    kubeconfig,
    api,
    server,
    async changed() {
      const after = await state(api);
      return [...before].flatMap(([key, text]) =>
        after.get(key) === text ? [] : [`${key} ${after.get(key) ?? "is gone"}`],
      );
    },
    async own(environment) {
      const labelSelector = `aura.dev/environment=${environment}`;
      const lists = await Promise.all(kinds.map((kind) => api.list({ ...kind, labelSelector })));
      return lists.flatMap(({ items }) => items.map(keyOf));
    },
  };
}

function others(): AnyObject[] {
  const nodeClass = "default";
  const ref = { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: nodeClass };
  const family = { key: "karpenter.k8s.aws/instance-family", operator: "In", values: ["m7i"] };
  const nodePool = (name: string, labels = {}) => ({
    apiVersion: "karpenter.sh/v1",
    kind: "NodePool",
    metadata: { name, labels },
    spec: {
      template: { metadata: { labels }, spec: { nodeClassRef: ref, requirements: [family], expireAfter: "Never" } },
      disruption: { consolidationPolicy: "WhenEmpty", consolidateAfter: "Never" },
    },
  });
  const terms = [{ tags: { team: "theirs" } }];
  return [
    {
      apiVersion: "karpenter.k8s.aws/v1",
      kind: "EC2NodeClass",
      metadata: { name: nodeClass },
      spec: {
        role: "theirs",
        amiSelectorTerms: [{ alias: "al2023@v20261112" }],
        subnetSelectorTerms: terms,
        securityGroupSelectorTerms: terms,
      },
    },
    nodePool("theirs"),
    nodePool("other-cpu", { "app.kubernetes.io/managed-by": "aura", "aura.dev/environment": "other" }),
    job("theirs"),
    job("of-another-run", { "aura.dev/run": "test-20260101-000000-aaaa", "aura.dev/environment": "other" }),
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "theirs", namespace: "default" } },
  ];
}

/** Runs for longer than any test. */
function job(name: string, labels = {}): AnyObject {
  const annotations = { "aura.dev/simulated-duration": "9000h" };
  const containers = [{ name: "main", image: "busybox", resources: { requests: { cpu: "500m", memory: "256Mi" } } }];
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: "default", labels },
    spec: { template: { metadata: { labels, annotations }, spec: { restartPolicy: "Never", containers } } },
  };
}

async function settled(api: ObjectApi): Promise<void> {
  for (;;) {
    const { items } = await api.list<Pod>({ apiVersion: "v1", kind: "Pod" });
    if (items.length === 2 && items.every(({ status }) => status?.phase === "Running")) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What each object is, without what its own controllers write. */
async function state(api: ObjectApi): Promise<Map<string, string>> {
  const lists = await Promise.all(kinds.map((kind) => api.list<AnyObject>(kind)));
  const objects = lists.flatMap(({ items }) => items);
  return new Map(
    objects.map((object) => {
      const { uid, labels, deletionTimestamp } = object.metadata;
      return [keyOf(object), JSON.stringify([uid, labels, deletionTimestamp, object["spec"]])];
    }),
  );
}

function keyOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}`;
}
