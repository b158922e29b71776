import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { type SimulatedGpu, writeGpuShim } from "../../../src/rehearsal/kubelet/gpu-shim.ts";

const directory = mkdtempSync(join(tmpdir(), "aura-shim-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const a10g: SimulatedGpu = { product: "NVIDIA A10G", memoryMib: 23028, count: 4 };

function smi(gpu: SimulatedGpu | undefined, count: number, ...options: string[]) {
  const file = writeGpuShim(directory, gpu, count);
  const { status, stdout, stderr } = spawnSync(file, options, { encoding: "utf8", env: { PATH: "/usr/bin:/bin" } });
  return { status, stdout, stderr };
}

describe("gpu shim", () => {
  it.each([
    [["--query-gpu=name,memory.total", "--format=csv"], "name, memory.total [MiB]\nNVIDIA A10G, 23028 MiB\n"],
    [["--query-gpu=name,memory.total", "--format=csv,noheader"], "NVIDIA A10G, 23028 MiB\n"],
    [["--query-gpu=memory.total, utilization.gpu", "--format=csv,noheader,nounits"], "23028, 0\n"],
    [["--query-gpu=index,temperature.gpu,driver_version", "--format=csv,noheader"], "0, [N/A], simulated\n"],
    [["-L"], "GPU 0: NVIDIA A10G (UUID: GPU-00000000-0000-0000-0000-000000000000)\n"],
  ])("answers %j as nvidia-smi does", (options, expected) => {
    expect(smi(a10g, 1, ...options)).toEqual({ status: 0, stdout: expected, stderr: "" });
  });

  it("shows as many devices as were given", () => {
    expect(smi(a10g, 3, "--query-gpu=index", "--format=csv,noheader").stdout).toBe("0\n1\n2\n");
    expect(smi(a10g, 9, "-L").stdout.trim().split("\n")).toHaveLength(4);
    expect(smi(a10g, 3, "-i", "2", "--query-gpu=index", "--format=csv,noheader").stdout).toBe("2\n");
  });

  it("says in its table that it rehearses", () => {
    const { stdout } = smi(a10g, 2);
    expect(stdout).toContain("AURA REHEARSAL: no real device");
    expect(stdout.match(/NVIDIA A10G/g)).toHaveLength(2);
    expect(
      new Set(
        stdout
          .trim()
          .split("\n")
          .slice(1)
          .map((line) => line.length),
      ),
    ).toEqual(new Set([79]));
  });

  it.each([
    ["a pod without GPUs", a10g, 0],
    ["a node without GPUs", undefined, 1],
  ])("finds no devices for %s", (_, gpu, count) => {
    expect(smi(gpu, count)).toMatchObject({ status: 6, stdout: "No devices were found\n" });
    expect(smi(gpu, count, "--query-gpu=name", "--format=csv")).toMatchObject({ status: 6 });
  });

  it.each([
    [["--query-gpu=colour", "--format=csv"], 'Field "colour" is not a valid field to query.\n', 2],
    [["--query-gpu=name"], "", 2],
    [["dmon"], "", 2],
    [["-i", "x", "-L"], "", 2],
  ])("refuses %j", (options, stdout, status) => {
    expect(smi(a10g, 1, ...options)).toMatchObject({ status, stdout });
  });

  it("runs nothing that a product's name contains", () => {
    const product = 'it\'s "$(touch hacked)" `id` \\ $HOME %s';
    expect(smi({ product, memoryMib: 1, count: 1 }, 1, "--query-gpu=name", "--format=csv,noheader").stdout).toBe(
      `${product}\n`,
    );
  });
});
