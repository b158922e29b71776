import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { appJob, gpuTestJob } from "../../src/synth/kubernetes/jobs.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "aura-jobs-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const shells = ["sh", "bash"].filter((shell) => spawnSync(shell, ["-c", "exit 0"]).status === 0);

function run(job: ReturnType<typeof appJob>, shell: string, path = process.env["PATH"]) {
  const [, ...rest] = job.spec.template.spec.containers[0]?.command ?? [];
  return spawnSync(shell, rest, {
    encoding: "utf8",
    env: { PATH: path, AURA_OUTPUT_DIR: directory },
    // on a socket as its input bash takes itself for a remote shell and reads ~/.bashrc
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** An nvidia-smi that answers with `body`, first in the PATH. */
function withGpu(body: string): string {
  writeFileSync(join(directory, "nvidia-smi"), `#!/bin/sh\n${body}\n`);
  chmodSync(join(directory, "nvidia-smi"), 0o755);
  return `${directory}:${process.env["PATH"]}`;
}

describe("the app job", () => {
  it.each(shells)("counts primes and writes them down in %s", (shell) => {
    const { status, stdout, stderr } = run(appJob(), shell);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.split("\n").slice(7, 9)).toEqual([
      "chunk 8 of 8: 2262 primes up to 20000",
      `wrote ${directory}/result.json`,
    ]);
    expect(JSON.parse(readFileSync(join(directory, "result.json"), "utf8"))).toEqual({ limit: 20_000, primes: 2262 });
  });

  it("fails when it cannot write its result", () => {
    const job = appJob();
    const [, ...rest] = job.spec.template.spec.containers[0]?.command ?? [];
    const env = { PATH: process.env["PATH"], AURA_OUTPUT_DIR: join(directory, "missing") };
    expect(spawnSync("sh", rest, { env }).status).not.toBe(0);
  });
});

describe("the GPU test job", () => {
  it.each(shells)("writes what the GPU is in %s", (shell) => {
    const gpu = withGpu('case $1 in -L) echo "GPU 0: Test (UUID: GPU-0)" ;; *) echo "0, Test, 1 MiB, 1.0" ;; esac');
    const { status, stdout } = run(gpuTestJob(), shell, gpu);
    expect(status).toBe(0);
    expect(stdout.split("\n")[0]).toBe("GPU 0: Test (UUID: GPU-0)");
    expect(readFileSync(join(directory, "gpu.csv"), "utf8")).toBe("0, Test, 1 MiB, 1.0\n");
  });

  it("says that there is no nvidia-smi", () => {
    // builtins are all it needs to find that out
    const { status, stderr } = run(gpuTestJob(), "/bin/sh", directory);
    expect(status).toBe(1);
    expect(stderr).toContain("no GPU is visible: this container has no nvidia-smi");
  });

  it.each([
    ["fails", "echo No devices were found; exit 6", "no GPU is visible: nvidia-smi answers: No devices were found"],
    ["lists nothing", "exit 0", "no GPU is visible: nvidia-smi answers: "],
  ])("says what nvidia-smi said when it %s", (_, body, message) => {
    const { status, stderr } = run(gpuTestJob(), "sh", withGpu(body));
    expect(status).toBe(1);
    expect(stderr.trimEnd()).toBe(message.trimEnd());
  });
});
