import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import type { Pod } from "../../../src/cluster/objects.ts";
import { survivors } from "../../../src/rehearsal/kubelet/reaper.ts";
import { type World, world } from "./harness.ts";
import { opener } from "./opener.ts";

const open = opener(world);

const terminatedOf = (pod: Pod) => pod.status?.containerStatuses?.[0]?.state?.terminated;
const isRunning = (pod: Pod) => pod.status?.phase === "Running";

describe("pods as processes", () => {
  it("runs a command to its end", async () => {
    const { pod, end, logs, events, problems } = open();
    pod("hello", "echo out; echo err >&2; echo named > /dev/stderr");
    const ended = await end("hello");
    expect(ended.status?.phase).toBe("Succeeded");
    expect(terminatedOf(ended)).toMatchObject({ exitCode: 0, reason: "Completed" });
    expect((await logs("hello")).split("\n").sort()).toEqual(["", "err", "named", "out"]);
    expect(events("hello").map((event) => event.split(":")[0])).toEqual(
      expect.arrayContaining(["Pulling", "Pulled", "Created", "Started"]),
    );
    expect(problems).toEqual([]);
  });

  it.each([
    ["exit 3", 3],
    ["kill -TERM $$$$", 143],
    ["kill -KILL $$$$", 137],
    ["no-such-command", 127],
  ])("reports the exit code of %s", async (script, exitCode) => {
    const { pod, end } = open();
    pod("fails", script);
    const ended = await end("fails");
    expect(ended.status?.phase).toBe("Failed");
    expect(terminatedOf(ended)).toMatchObject({ exitCode, reason: "Error" });
  });

  it.each([
    [{ command: ["no-such-program"] }, 'exec: "no-such-program": executable file not found in $PATH'],
    [{ command: ["/no/such/program"] }, 'exec: "/no/such/program": stat /no/such/program: no such file or directory'],
    [{ command: ["/etc"] }, 'exec: "/etc": is a directory'],
    [{ command: ["/etc/passwd"] }, 'exec: "/etc/passwd": permission denied'],
    [{ image: "t:1", args: ["train"] }, /container main has no command, .* entrypoint of t:1 is not known/],
  ])("says why %j cannot start", async (container, message) => {
    const { pod, end, dataDir } = open();
    pod("never", container);
    expect(terminatedOf(await end("never"))).toMatchObject({
      exitCode: 128,
      reason: "StartError",
      message: typeof message === "string" ? message : expect.stringMatching(message),
    });
    expect(survivors(dataDir)).toEqual([]);
  });

  it("keeps the host's environment out", async () => {
    const { pod, end, logs, dataDir } = open();
    pod("env", { command: ["env"], env: [{ name: "GIVEN", value: "yes" }] });
    const { metadata } = await end("env");
    const names = (await logs("env"))
      .trim()
      .split("\n")
      .map((line) => line.split("=")[0]);
    const shell = ["PWD", "OLDPWD", "SHLVL", "_"];
    expect(names.filter((name) => !shell.includes(name ?? "")).sort()).toEqual([
      "AURA_RUN",
      "GIVEN",
      "HOME",
      "HOSTNAME",
      "LANG",
      "PATH",
      "TMPDIR",
    ]);
    expect(await logs("env")).toContain(`HOME=${join(dataDir, "pods", metadata.uid ?? "")}\n`);
    expect(await logs("env")).not.toContain("hunter2");
  });

  it("passes variables that a shell cannot name", async () => {
    const { pod, end, logs } = open();
    pod("odd", { command: ["env"], env: [{ name: "spring.profile", value: "a b" }] });
    await end("odd");
    expect(await logs("odd")).toContain("spring.profile=a b\n");
  });

  it("collects what is written to a declared output", async () => {
    const { pod, end, dataDir } = open();
    pod(
      "writer",
      {
        command: [
          "sh",
          "-c",
          'echo $OUT; echo result > "$OUT/r.txt"; cp "$1" "$2"',
          "sh",
          "/scratch/in",
          "/outputs/out",
        ],
        env: [{ name: "OUT", value: "/outputs" }],
        volumeMounts: [{ name: "scratch", mountPath: "/scratch" }],
      },
      {
        annotations: { "aura.dev/outputs": "/outputs" },
        spec: {
          volumes: [{ name: "scratch", emptyDir: {} }],
          initContainers: [
            {
              name: "first",
              image: "busybox:1.37",
              command: ["sh", "-c", 'echo in > "$0"', "/scratch/in"],
              volumeMounts: [{ name: "scratch", mountPath: "/scratch" }],
            },
          ],
        },
      },
    );
    const ended = await end("writer");
    expect(ended.status?.phase).toBe("Succeeded");
    const folder = join(dataDir, "pods", ended.metadata.uid ?? "", "_outputs", "outputs");
    expect(readFileSync(join(folder, "r.txt"), "utf8")).toBe("result\n");
    expect(readFileSync(join(folder, "out"), "utf8")).toBe("in\n");
  });

  it("holds the clock while a process runs", async () => {
    const { pod, until, clock, end } = open();
    pod("runs", "sleep 0.2");
    await until("runs", isRunning);
    clock.schedule(1e9, () => {});
    expect(clock.pace()).toBe(1);
    await end("runs");
    expect(clock.pace()).toBe(2000);
  });

  it("kills what a process leaves behind", async () => {
    const { pod, end, dataDir, logs } = open();
    pod("forks", 'sleep 300 & echo $!; setsid sleep 300 & (setsid sh -c "trap : TERM; sleep 300" & ) ; sleep 0.1');
    await end("forks");
    const child = Number((await logs("forks")).trim());
    expect(existsSync(`/proc/${child}/cmdline`) && readFileSync(`/proc/${child}/cmdline`, "utf8")).toBeFalsy();
    expect(survivors(dataDir)).toEqual([]);
    expect(markedProcesses(dataDir)).toEqual([]);
  });

  it("asks with SIGTERM before it kills", async () => {
    const { core, pod, until, logs, kubelet } = open();
    const created = pod("polite", 'trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.01; done');
    await until("polite", isRunning);
    await untilLog(() => logs("polite"), "up");
    core.delete({ apiVersion: "v1", kind: "Pod", metadata: { name: "polite", namespace: "ml" } });
    await untilGone(core, "polite");
    let text = "";
    const request = { namespace: "ml", pod: "polite", uid: created.metadata.uid ?? "", container: "main" };
    for await (const chunk of kubelet.logs.read(request)) text += chunk;
    expect(text).toMatch(/^up\n(Terminated\n)?bye\n$/);
  });

  it("kills after the grace period", async () => {
    const { core, pod, until, logs, dataDir } = open();
    pod("stubborn", 'trap "" TERM; echo up; while :; do sleep 0.01; done');
    await untilLog(() => logs("stubborn"), "up");
    const begun = performance.now();
    const ended = until("stubborn", (found) => terminatedOf(found) !== undefined);
    core.delete(
      { apiVersion: "v1", kind: "Pod", metadata: { name: "stubborn", namespace: "ml" } },
      { gracePeriodSeconds: 1 },
    );
    expect(terminatedOf(await ended)).toMatchObject({ exitCode: 137 });
    expect(performance.now() - begun).toBeGreaterThan(950);
    await untilGone(core, "stubborn");
    expect(markedProcesses(dataDir)).toEqual([]);
  });

  it("kills a container that outgrows its memory", async () => {
    const { pod, end } = open();
    const hog = "const kept = []; setInterval(() => kept.push(Buffer.alloc(8e6, 1)), 5)";
    pod("hog", { command: [process.execPath, "-e", hog], resources: { limits: { memory: "100Mi" } } });
    expect(terminatedOf(await end("hog"))).toMatchObject({
      exitCode: 137,
      reason: "OOMKilled",
      message: expect.stringMatching(/^used \d+ MiB of a limit of 100 MiB$/),
    });
  });

  it("samples processor time and memory", async () => {
    const { pod, end, kubelet, core } = open();
    pod("busy", { command: [process.execPath, "-e", "const end = Date.now() + 800; while (Date.now() < end);"] });
    const { metadata } = await end("busy");
    const [usage] = kubelet.usage();
    expect(usage).toMatchObject({ namespace: "ml", pod: "busy", uid: metadata.uid });
    expect(usage?.cpuMillis).toBeGreaterThan(100);
    expect(usage?.peakMemoryMib).toBeGreaterThan(20);
    core.delete({ apiVersion: "v1", kind: "Pod", metadata: { name: "busy", namespace: "ml" } });
    expect(kubelet.usage()).toEqual([]);
  });

  it("leaves nothing running when it stops", async () => {
    const { pod, until, kubelet, dataDir } = open();
    for (const name of ["a", "b", "c"]) pod(name, 'trap "" TERM; setsid sleep 300 & sleep 300');
    for (const name of ["a", "b", "c"]) await until(name, isRunning);
    await wait(50);
    expect(markedProcesses(dataDir).length).toBeGreaterThan(5);
    await kubelet.stop();
    expect(markedProcesses(dataDir)).toEqual([]);
  });

  it("shows the catalog's device to GPU pods", async () => {
    const { pod, end, logs } = open({ gpuOf: () => ({ product: "NVIDIA L4", memoryMib: 23034, count: 1 }) });
    const command = ["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"];
    pod("gpu", { command, resources: { limits: { "nvidia.com/gpu": "1" } } });
    pod("cpu", { command });
    await end("gpu");
    expect(await logs("gpu")).toBe("NVIDIA L4, 23034 MiB, simulated\n");
    expect(terminatedOf(await end("cpu"))).toMatchObject({ exitCode: 6 });
  });

  it("uses the real nvidia-smi where one works", async () => {
    const folder = mkdtempSync(join(tmpdir(), "aura-smi-"));
    const real = '#!/bin/sh\ncase "$*" in *utilization*) echo "37, 1234";; *) echo real;; esac\n';
    writeFileSync(join(folder, "nvidia-smi"), real, { mode: 0o755 });
    const { pod, end, logs, kubelet } = open({ hostEnv: { PATH: `${folder}:/usr/bin:/bin` } });
    const command = ["sh", "-c", "nvidia-smi; echo $CUDA_VISIBLE_DEVICES; sleep 1.2"];
    pod("gpu", { command, resources: { limits: { "nvidia.com/gpu": "1" } } });
    pod("cpu", "nvidia-smi; echo devices:$CUDA_VISIBLE_DEVICES");
    await end("cpu");
    await end("gpu");
    expect(await logs("gpu")).toBe("real\n0\n");
    expect(await logs("cpu")).toBe("No devices were found\ndevices:\n");
    expect(kubelet.usage().find((usage) => usage.pod === "gpu")?.gpus).toEqual([
      { utilizationPercent: 37, memoryMib: 1234 },
    ]);
    rmSync(folder, { recursive: true });
  });

  it("tries again and keeps each log", async () => {
    const { pod, end, logs, read } = open();
    pod("retry", 'echo "try $(ls | wc -l)"; touch "$$$$"; [ "$(ls | wc -l)" -ge 3 ]', {
      spec: { restartPolicy: "OnFailure" },
    });
    expect((await end("retry")).status?.phase).toBe("Succeeded");
    expect(read("retry").status?.containerStatuses?.[0]?.restartCount).toBe(2);
    expect(await logs("retry")).toMatch(/^try +2\n$/);
    expect(await logs("retry", { previous: true })).toMatch(/^try +1\n$/);
  });

  it("kills at the deadline", async () => {
    const { pod, end, dataDir } = open();
    pod("slow", "sleep 300", { spec: { activeDeadlineSeconds: 1 } });
    expect((await end("slow")).status).toMatchObject({ phase: "Failed", reason: "DeadlineExceeded" });
    expect(markedProcesses(dataDir)).toEqual([]);
  });
});

/** Pids of processes with a folder of `dataDir` in their environment. */
function markedProcesses(dataDir: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => environmentOf(pid).includes(`AURA_RUN=${dataDir}`));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return "";
  }
}

async function untilLog(read: () => Promise<string>, wanted: string): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if ((await read()).includes(wanted)) return;
    await wait(5);
  }
  throw new Error(`the log never said ${wanted}`);
}

async function untilGone(core: World["core"], name: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (core.find({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "ml" } }) === undefined) return;
    await wait(5);
  }
  throw new Error(`pod ${name} is still there`);
}
