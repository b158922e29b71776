import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { askServer } from "../../src/cli/targets/server-client.ts";
import { connectCluster } from "../../src/cluster/connect.ts";
import type { KubeObject } from "../../src/cluster/objects.ts";
import { systemClock } from "../../src/kernel/clocks.ts";
import { startServer } from "../../src/rehearsal/server.ts";
import {
  readRecord,
  type ServerOptions,
  type ServerRecord,
  serverFiles,
  writeLaunch,
  writeOptions,
} from "../../src/rehearsal/server-files.ts";

const options: ServerOptions = {
  name: "test",
  region: "us-east-1",
  zones: ["us-east-1a"],
  pools: [],
  ttlMs: 3_600_000,
  speed: 1000,
  runtime: "auto",
  seed: 1,
  shortages: [],
};

async function running(changes: Partial<ServerOptions> = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), "aura-server-"));
  const problems: string[] = [];
  let expired: (why: string) => void = () => {};
  const expiry = new Promise<string>((resolve) => {
    expired = resolve;
  });
  await writeOptions(dataDir, { ...options, ...changes });
  const server = await startServer(
    dataDir,
    { ...options, ...changes },
    {
      clock: systemClock(),
      pid: process.pid,
      hostEnv: {},
      log: (message) => problems.push(message),
      onExpired: expired,
    },
  );
  onTestFinished(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
    expect(problems).toEqual([]);
  });
  const record = (await readRecord(dataDir)) as ServerRecord;
  return { dataDir, server, record, expiry };
}

test("secrets are written for the user alone", async () => {
  const { dataDir, server } = await running();
  server.core.create({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s" },
    stringData: { a: "b" },
  } as KubeObject);
  server.core.flush();
  const { record, kubeconfig } = serverFiles(dataDir);
  const secret = (await readdir(join(dataDir, "state"))).map((name) => join(dataDir, "state", name));
  for (const path of [record, kubeconfig, ...secret]) expect((await stat(path)).mode & 0o777).toBe(0o600);
  const names = await readdir(dataDir, { recursive: true });
  const modes = await Promise.all(names.map(async (name) => [name, (await stat(join(dataDir, name))).mode & 0o077]));
  expect(modes.filter(([, mode]) => mode !== 0)).toEqual([["server.lock", 0o044]]);
});

test("a server ends when its folder is deleted", { timeout: 20_000 }, async () => {
  const { dataDir, expiry } = await running();
  await rm(dataDir, { recursive: true });
  expect(await expiry).toBe(`${dataDir} is gone`);
});

test("the kubeconfig leads to the cluster", async () => {
  const { dataDir } = await running();
  const api = await connectCluster(serverFiles(dataDir).kubeconfig);
  const { items } = await api.list({ apiVersion: "v1", kind: "Node" });
  expect(items.map(({ metadata }) => metadata.name)).toEqual(["system"]);
});

test("the server tells its clock, usage and instances", async () => {
  const { record, server } = await running();
  const clock = await askServer<{ now: number; pace: number }>(record, "GET", "/aura/v1/clock");
  expect(Math.abs((clock?.now ?? 0) - server.clock.now())).toBeLessThan(5000);
  expect(await askServer(record, "GET", "/aura/v1/usage")).toEqual({ items: [] });
  expect(await askServer(record, "GET", "/aura/v1/instances")).toEqual({ items: [] });
  expect(await askServer(record, "GET", "/aura/v1/ended-machines")).toEqual({ items: [] });
  expect(await askServer(record, "POST", "/aura/v1/interruptions", { node: "none" })).toEqual({ interrupted: false });
});

test("unknown endpoints and wrong tokens get no answer", async () => {
  const { record } = await running();
  expect(await askServer(record, "GET", "/aura/v1/secrets")).toBeUndefined();
  expect(await askServer({ ...record, token: "wrong" }, "GET", "/aura/v1/clock")).toBeUndefined();
});

test("an environment past its time expires", async () => {
  const { expiry } = await running({ ttlMs: 50 });
  await expiry;
});

test("a stopped server answers nobody", async () => {
  const { record, server } = await running();
  await server.stop();
  expect(await askServer(record, "GET", "/aura/v1/clock")).toBeUndefined();
});

test.each([
  ["its environment was destroyed", async () => {}, []],
  [
    "another server was launched",
    async (dataDir: string) => {
      await writeOptions(dataDir, options);
      await writeLaunch(dataDir, { pid: 1, started: "1" });
    },
    ["launch.json", "options.json"],
  ],
])("a server does not start when %s", async (_when, prepare, files) => {
  const dataDir = await mkdtemp(join(tmpdir(), "aura-server-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  await prepare(dataDir);
  const deps = { clock: systemClock(), pid: process.pid, hostEnv: {}, log: () => {}, onExpired: () => {} };
  await expect(startServer(dataDir, options, deps)).rejects.toThrow("destroyed while its cluster started");
  expect((await readdir(dataDir)).sort()).toEqual(files);
});
