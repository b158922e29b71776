import { spawn } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { expect, test } from "vitest";

import { attachToRunning } from "../../../src/aws/tofu/attach.ts";
import type { ResourceProgress } from "../../../src/aws/tofu/resource-progress.ts";
import { runningNote } from "../../../src/aws/tofu/running.ts";
import { manualClock, systemClock } from "../../../src/kernel/clocks.ts";
import { Failure } from "../../../src/kernel/failure.ts";
import { readText } from "../../../src/kernel/files.ts";
import { identify } from "../../../src/kernel/processes.ts";
import { recorded } from "./recorded.ts";

// Processes of a shell in an engine's place, as a killed command leaves one.

async function leftAtWork(script: string, interrupted = false) {
  const folder = await mkdtemp(join(tmpdir(), "aura-attach-"));
  const log = join(folder, "apply.jsonl");
  await writeFile(log, recorded("tofu-apply.jsonl"));
  const child = spawn("sh", ["-c", script], { detached: true, stdio: "ignore", cwd: folder });
  const path = join(folder, "engine.json");
  const note = runningNote(path);
  const identity = identify(child.pid ?? 0) ?? { pid: 0, started: "" };
  await note.write({ ...identity, action: "apply", log, interrupted });
  const seen: ResourceProgress[] = [];
  const notices: string[] = [];
  const listener = {
    onResource: (one: ResourceProgress) => seen.push(one),
    onNotice: (one: string) => notices.push(one),
  };
  const marks = async () => (await readText(join(folder, "marks"))) ?? "";
  return { folder, path, note, listener, seen, notices, pid: identity.pid, marks };
}

const never = new AbortController().signal;
const ready = async (marks: () => Promise<string>) => {
  while (!(await marks()).includes("ready")) await pause(10);
};

test("an engine at work is watched to its end", async () => {
  const { note, listener, seen, notices, path, pid } = await leftAtWork("sleep 0.5");
  await attachToRunning({ note, clock: systemClock(), listener }, never);
  expect(identify(pid)).toBeUndefined();
  expect(notices).toEqual(["goes on watching the apply that an interrupted command left at work"]);
  expect(seen.at(-1)).toMatchObject({ address: "terraform_data.bad", state: "failed", of: 4 });
  expect(await readText(path)).toBeUndefined();
});

test("an engine that is gone is forgotten", async () => {
  const { note, listener, notices, path, pid } = await leftAtWork("true");
  while (identify(pid) !== undefined) await pause(10);
  await attachToRunning({ note, clock: systemClock(), listener }, never);
  expect(notices).toEqual([]);
  expect(await readText(path)).toBeUndefined();
});

test("another process with its number is not it", async () => {
  const { note, listener, path } = await leftAtWork("true");
  const mine = { pid: process.pid, started: "long ago", action: "apply", log: "/none", interrupted: false };
  await writeFile(path, JSON.stringify(mine));
  await attachToRunning({ note, clock: systemClock(), listener }, never);
  expect(await readText(path)).toBeUndefined();
});

test("a note that was cut off is none", async () => {
  const { note, listener, path } = await leftAtWork("true");
  await writeFile(path, '{"pid": 12');
  await attachToRunning({ note, clock: systemClock(), listener }, never);
  expect(await readFile(path, "utf8")).toBe('{"pid": 12');
});

const stubborn = "trap 'echo asked >> marks' INT; echo ready >> marks; for i in 1 2 3 4 5 6 7 8; do sleep 0.1; done";

test("an interrupt is handed on once", async () => {
  const { note, listener, marks, notices } = await leftAtWork(stubborn);
  await ready(marks);
  const controller = new AbortController();
  const attached = attachToRunning({ note, clock: systemClock(), listener }, controller.signal);
  attached.catch(() => {});
  while (notices.length === 0) await pause(10);
  controller.abort(new Failure("INTERRUPTED", "stopped by SIGINT"));
  await expect(attached).rejects.toMatchObject({ code: "INTERRUPTED" });
  expect(await marks()).toBe("ready\nasked\n");
});

test("an engine that was interrupted is not interrupted again", async () => {
  const { note, listener, marks } = await leftAtWork(stubborn, true);
  await ready(marks);
  const signal = AbortSignal.abort(new Failure("INTERRUPTED", "stopped by SIGINT"));
  await expect(attachToRunning({ note, clock: systemClock(), listener }, signal)).rejects.toThrow("stopped by SIGINT");
  expect(await marks()).toBe("ready\n");
});

test("an engine that never ends is told of", async () => {
  const { note, listener, notices, path, pid } = await leftAtWork("sleep 60");
  const clock = manualClock();
  const attached = attachToRunning({ note, clock, listener }, never);
  attached.catch(() => {});
  while (notices.length === 0 || clock.pending() === 0) await pause(10);
  await clock.advance(61 * 60_000);
  await expect(attached).rejects.toMatchObject({
    code: "TIMEOUT",
    details: { fix: `wait for it, or stop it: kill -INT ${pid}` },
  });
  expect(await readText(path)).toBeDefined();
  process.kill(-pid, "SIGKILL");
});
