import { mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { serverProcesses } from "../../../src/cli/targets/server-process.ts";
import { systemClock } from "../../../src/kernel/clocks.ts";
import { readServers, serverFiles } from "../../../src/rehearsal/server-files.ts";

async function folder(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), "aura-launch-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  return dataDir;
}

function withProgram(path: string): void {
  const before = process.execPath;
  process.execPath = path;
  onTestFinished(() => {
    process.execPath = before;
  });
}

test("a launched server is known before it is ready", async () => {
  const dataDir = await folder();
  const servers = serverProcesses(systemClock());
  await servers.launch(dataDir);
  const [server, ...others] = await readServers(dataDir);
  expect(others).toEqual([]);
  if (server === undefined) throw new Error("nothing was written");
  await servers.end(server, new AbortController().signal);
  expect(servers.isAlive(server)).toBe(false);
});

test.runIf(process.platform === "linux")("launching keeps no file open", async () => {
  const dataDir = await folder();
  const servers = serverProcesses(systemClock());
  await servers.launch(dataDir);
  const targets = await Promise.all(
    (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
  );
  expect(targets).not.toContain(serverFiles(dataDir).log);
  for (const server of await readServers(dataDir)) await servers.end(server, new AbortController().signal);
});

test("a program that is not there is a failure with its path", async () => {
  withProgram("/nowhere/node");
  const dataDir = await folder();
  await expect(serverProcesses(systemClock()).launch(dataDir)).rejects.toMatchObject({
    code: "CLUSTER_FAILED",
    details: { where: "/nowhere/node" },
  });
  expect(await readServers(dataDir)).toEqual([]);
});
