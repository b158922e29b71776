import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CoreV1Api, KubeConfig, makeInformer, type V1ConfigMap } from "@kubernetes/client-node";
import { expect, onTestFinished, test } from "vitest";

import type { NodeClaim } from "../../../src/cluster/objects.ts";
import { systemClock } from "../../../src/kernel/clocks.ts";
import type { Core } from "../../../src/rehearsal/core/core.ts";
import { startServer } from "../../../src/rehearsal/server.ts";
import { type ServerOptions, serverFiles, writeOptions } from "../../../src/rehearsal/server-files.ts";
import type { Pool } from "../../../src/spec/environment.ts";
import { nodePool } from "../controllers/cluster.ts";
import { configMap } from "../core/objects.ts";
import { configMaps, everything } from "./keep.ts";

const options: ServerOptions = {
  name: "test",
  region: "us-east-1",
  zones: ["us-east-1a"],
  pools: [],
  speed: 1000,
  runtime: "auto",
  seed: 1,
  shortages: [],
};

const pool: Pool = {
  name: "cpu",
  families: ["m7i"],
  capacityTypes: ["on-demand"],
  architectures: ["amd64"],
  gpu: false,
  limits: {},
  holdMs: 60_000,
  expireAfterMs: 86_400_000,
};

/** Starts servers one after the other on a data folder of their own. */
async function site(changes: Partial<ServerOptions> = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), "aura-restart-"));
  const stops: (() => Promise<void>)[] = [];
  onTestFinished(async () => {
    for (const stop of stops) await stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  await writeOptions(dataDir, { ...options, ...changes });
  const start = async ({ onExpired = () => {}, aheadMs = 0 } = {}) => {
    const log: string[] = [];
    const machine = systemClock();
    const clock = { ...machine, now: () => machine.now() + aheadMs };
    const deps = { clock, pid: process.pid, hostEnv: {}, log: (text: string) => log.push(text), onExpired };
    const server = await startServer(dataDir, { ...options, ...changes }, deps);
    stops.push(server.stop);
    return { ...server, log };
  };
  return { dataDir, start };
}

async function until(so: () => boolean): Promise<void> {
  while (!so()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test("a cluster and its address outlive a restart", async () => {
  const { dataDir, start } = await site();
  const first = await start();
  first.core.create(configMap("kept"));
  const kubeconfig = await readFile(serverFiles(dataDir).kubeconfig, "utf8");
  const identities = (core: Core) => everything(core).map(({ kind, metadata }) => [kind, metadata.name, metadata.uid]);
  const before = identities(first.core);
  const kept = first.core.list(configMaps);
  await first.stop();
  const again = await start();
  expect(identities(again.core)).toEqual(expect.arrayContaining(before));
  expect(again.core.list(configMaps).items).toEqual(kept.items);
  expect([again.url, await readFile(serverFiles(dataDir).kubeconfig, "utf8")]).toEqual([first.url, kubeconfig]);
  expect(again.log).toEqual([]);
});

test("only one server opens a data folder", async () => {
  const { start } = await site();
  const { stop } = await start();
  await expect(start()).rejects.toThrow('the environment is in use by "aura rehearsal serve"');
  await stop();
  await start();
});

test("the time to live counts from the first start", async () => {
  const { start } = await site({ ttlMs: 3_600_000, speed: 1 });
  await (await start()).stop();
  let expired = () => {};
  const expiry = new Promise<void>((resolve) => {
    expired = resolve;
  });
  await start({ onExpired: expired, aheadMs: 3_599_000 });
  await expiry;
});

test("a launch goes on in the next server", async () => {
  const { start } = await site({ speed: 50, pools: [pool] });
  const first = await start();
  first.core.create(nodePool("cpu"));
  first.core.create({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "waits", namespace: "default", annotations: { "aura.dev/simulated-duration": "1s" } },
    spec: { restartPolicy: "Never", containers: [{ name: "c", image: "busybox" }] },
  } as never);
  await until(() => first.fleet.instances().length === 1);
  const [instance] = first.fleet.instances();
  await first.stop();
  const { core, fleet, log } = await start();
  expect(fleet.instances()).toMatchObject([{ id: instance?.id, launchedAtMs: instance?.launchedAtMs }]);
  const claims = () => core.list<NodeClaim>({ apiVersion: "karpenter.sh/v1", kind: "NodeClaim" }).items;
  await until(() => claims().some(({ status }) => status?.nodeName === instance?.privateDnsName));
  expect(claims()).toHaveLength(1);
  expect(log).toEqual([]);
});

test("an informer follows through restarts", async () => {
  const { dataDir, start } = await site();
  let server = await start();
  const config = new KubeConfig();
  config.loadFromFile(serverFiles(dataDir).kubeconfig);
  const client = config.makeApiClient(CoreV1Api);
  const list = () => client.listNamespacedConfigMap({ namespace: "default" });
  const informer = makeInformer<V1ConfigMap>(config, "/api/v1/namespaces/default/configmaps", list);
  const seen = new Map<string, string>();
  let stopped = false;
  const note = ({ metadata, data }: V1ConfigMap) => seen.set(metadata?.name ?? "", data?.["at"] ?? "");
  informer.on("add", note);
  informer.on("update", note);
  informer.on("delete", ({ metadata }) => seen.delete(metadata?.name ?? ""));
  // as every example of the client does it
  informer.on("error", () => void setTimeout(() => stopped || informer.start().catch(() => {}), 20));
  onTestFinished(async () => {
    stopped = true;
    await informer.stop();
  });
  await informer.start();
  const { core } = server;
  core.create(configMap("always", { at: "0" }));
  core.create(configMap("leaves"));
  await until(() => seen.size === 2);
  for (let round = 1; round <= 3; round += 1) {
    await server.stop();
    server = await start();
    const ref = (name: string) => ({ ...configMaps, metadata: { name, namespace: "default" } });
    server.core.patch(ref("always"), { data: { at: String(round) } });
    if (round === 1) server.core.delete(ref("leaves"));
    await until(() => seen.get("always") === String(round) && !seen.has("leaves"));
  }
  expect([...seen]).toEqual([["always", "3"]]);
}, 60_000);
