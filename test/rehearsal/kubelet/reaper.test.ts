import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { identify, isAlive, signalGroup } from "../../../src/kernel/processes.ts";
import { bootId, record } from "../../../src/rehearsal/kubelet/ledger.ts";
import { parsePs, readProcesses } from "../../../src/rehearsal/kubelet/process-table.ts";
import { reap, survivors } from "../../../src/rehearsal/kubelet/reaper.ts";

let dataDir: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "aura-reap-"));
});
afterEach(() => {
  for (const { pid } of children.splice(0)) if (pid !== undefined) signalGroup(pid, "SIGKILL");
  rmSync(dataDir, { recursive: true, force: true });
});

/** Starts a script in a group of its own and waits for its first line. */
async function start(script: string, env: Record<string, string> = {}) {
  const child = spawn("sh", ["-c", script], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
    env: { PATH: "/usr/bin:/bin", ...env },
  });
  children.push(child);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { pid: child.pid ?? 0, child, line: line.toString().trim() };
}

function note(pid: number, podUid = "u-1", started = identify(pid)?.started ?? "") {
  return record(dataDir, { pid, started, boot: bootId(), mark: join(dataDir, "pods", podUid, "main/0") });
}

const marks = (podUid = "u-1") => ({ AURA_RUN: join(dataDir, "pods", podUid, "main/0") });
const runs = (pid: number) => identify(pid) !== undefined;

describe("reap", () => {
  it("kills a whole group that ignores SIGTERM", async () => {
    const { pid, line } = await start('trap "" TERM; sh -c "trap : TERM; sleep 300" & echo $!; sleep 300; :');
    note(pid);
    expect(survivors(dataDir).map((identity) => identity.pid)).toEqual(expect.arrayContaining([pid, Number(line)]));
    const { killed } = await reap(dataDir);
    expect(killed).toBeGreaterThanOrEqual(3);
    expect([runs(pid), runs(Number(line))]).toEqual([false, false]);
    expect(survivors(dataDir)).toEqual([]);
    expect(readdirSync(join(dataDir, "pids"))).toEqual([]);
  });

  it("finds processes that left the group", async () => {
    const { pid, line } = await start("setsid sh -c 'echo $$; sleep 300; :' & sleep 300", marks());
    note(pid);
    expect(await reap(dataDir)).toEqual({ killed: expect.any(Number) });
    expect([runs(pid), runs(Number(line))]).toEqual([false, false]);
  });

  it("finds children whose leader has exited", async () => {
    const { pid, child, line } = await start("sleep 300 & echo $!", marks());
    const identity = { pid, started: identify(pid)?.started ?? "" };
    note(pid, "u-1", identity.started || "1");
    if (child.exitCode === null) await once(child, "exit");
    expect(runs(Number(line))).toBe(true);
    expect(await reap(dataDir)).toEqual({ killed: 1 });
    expect(runs(Number(line))).toBe(false);
  });

  it("spares a process that got a recorded pid", async () => {
    const { pid } = await start("echo up; sleep 300; :");
    note(pid, "u-1", "1");
    expect(survivors(dataDir)).toEqual([]);
    expect(await reap(dataDir)).toEqual({ killed: 0 });
    expect(runs(pid)).toBe(true);
    expect(readdirSync(join(dataDir, "pids"))).toEqual([]);
  });

  it("spares the same pod of another data folder", async () => {
    const { pid: other } = await start("echo up; sleep 300; :", { AURA_RUN: "/elsewhere/pods/u-1/main/0" });
    note(999_999_999, "u-1", "1");
    expect(await reap(dataDir)).toEqual({ killed: 0 });
    expect(runs(other)).toBe(true);
  });

  it("forgets what an earlier boot started", async () => {
    const { pid } = await start("echo up; sleep 300; :", marks());
    const mark = join(dataDir, "pods", "u-1", "main/0");
    record(dataDir, { pid, started: identify(pid)?.started ?? "", boot: "another", mark });
    expect(await reap(dataDir)).toEqual({ killed: 0 });
    expect(runs(pid)).toBe(true);
  });

  it("survives a ledger that was cut short", async () => {
    note(999_999_999);
    writeFileSync(join(dataDir, "pids", "12.json"), '{"pid": 1');
    expect(await reap(dataDir)).toEqual({ killed: 0 });
    expect(await reap(join(dataDir, "none"))).toEqual({ killed: 0 });
  });
});

describe("process table", () => {
  it("shows this process as the kernel does", () => {
    const own = readProcesses().find(({ pid }) => pid === process.pid);
    expect(own?.started).toBe(identify(process.pid)?.started);
    expect(own?.memoryMib).toBeGreaterThan(20);
    expect(Math.abs((own?.memoryMib ?? 0) - process.memoryUsage().rss / 2 ** 20)).toBeLessThan(30);
    expect(own?.cpuMs).toBeGreaterThan(0);
    expect(isAlive({ pid: process.pid, started: own?.started ?? "" })).toBe(true);
  });

  it("reads what ps prints elsewhere", () => {
    const text = [
      "    1     1 Ss    12032   0:01.50 Thu Jan  1 00:00:00 2026",
      "  310   300 R+   204800 1-02:03:04 Mon Feb  2 10:11:12 2026    ",
      "  311   300 Z         0   0:00.00 Mon Feb  2 10:11:12 2026",
    ].join("\n");
    expect(parsePs(text)).toEqual([
      { pid: 1, group: 1, session: 1, started: "Thu Jan 1 00:00:00 2026", cpuMs: 1500, memoryMib: 11.75 },
      { pid: 310, group: 300, session: 300, started: "Mon Feb 2 10:11:12 2026", cpuMs: 93_784_000, memoryMib: 200 },
    ]);
  });
});
