import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { existingCluster } from "./existing-cluster.ts";
import { project, timerJob } from "./harness.ts";
import { journalLines, program } from "./processes.ts";

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
  child.stderr.resume();
  child.stdout.resume();
  const [code, signal] = await once(child, "close");
  return { code, signal };
}

/** `aura cycle` killed after a journal line, then `aura down` or `aura cycle` again: what is left of it, and touched of others'. */
export async function crashInCluster(line: number, then: readonly string[]) {
  const { cluster, directory } = await inCluster();
  const crashed = await aura(directory, ["cycle"], line);
  const after = await aura(directory, then);
  return {
    killed: crashed.signal === "SIGKILL",
    code: after.code,
    own: await cluster.own("crash"),
    changed: await cluster.changed(),
  };
}

/** How many lines the journal of a cycle has. */
export async function linesOfCycle(): Promise<number> {
  const { directory } = await inCluster();
  await aura(directory, ["cycle"]);
  return journalLines(directory);
}
