import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { expect, test } from "vitest";

import { existingCluster } from "./existing-cluster.ts";
import { project, timerJob } from "./harness.ts";
import { program } from "./processes.ts";

const crash = pathToFileURL(join(import.meta.dirname, "..", "fakes", "crash-after.mjs")).href;

async function inCluster() {
  const cluster = await existingCluster();
  const environment = `version: 1
name: crash
region: us-east-1
target: kubernetes
kubernetes: { kubeconfig: ${cluster.kubeconfig}, nodeClass: default }
pools: { cpu: { families: [m7i], hold: 10s } }
jobs: [jobs.yml]
`;
  const { directory } = await project({ environment, jobs: timerJob("work") });
  return { cluster, directory };
}

/** Runs the built command line, which is killed after the n-th line of the journal that it writes. */
async function aura(directory: string, argv: readonly string[], crashAfter?: number) {
  const env = { PATH: process.env["PATH"], HOME: directory };
  const crashing =
    crashAfter === undefined ? {} : { CRASH_AFTER: String(crashAfter), NODE_OPTIONS: `--import=${crash}` };
  const child = spawn(process.execPath, [program, ...argv], { cwd: directory, env: { ...env, ...crashing } });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk;
  });
  child.stdout.resume();
  const [code, signal] = await once(child, "close");
  return { code, signal, stderr };
}

test.each([2, 5, 9, 13, 18])("a kill after line %i leaves nothing", { timeout: 90_000 }, async (line) => {
  const { cluster, directory } = await inCluster();
  expect((await aura(directory, ["cycle"], line)).signal).toBe("SIGKILL");
  const down = await aura(directory, ["down", "--yes"]);
  expect(down.code, down.stderr).toBe(0);
  expect(await cluster.own("crash")).toEqual([]);
  expect(await cluster.changed()).toEqual([]);
});

test.each([4, 11])("a cycle killed after line %i resumes", { timeout: 90_000 }, async (line) => {
  const { cluster, directory } = await inCluster();
  expect((await aura(directory, ["cycle"], line)).signal).toBe("SIGKILL");
  const again = await aura(directory, ["cycle"]);
  expect(again.code, again.stderr).toBe(0);
  expect(await cluster.own("crash")).toEqual([]);
  expect(await cluster.changed()).toEqual([]);
});
