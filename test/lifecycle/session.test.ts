import { readdir } from "node:fs/promises";

import { expect, test } from "vitest";
import type { ObjectApi, WatchEvent } from "../../src/cluster/api.ts";
import type { Pod } from "../../src/cluster/objects.ts";
import { manualClock } from "../../src/kernel/clocks.ts";
import { Failure } from "../../src/kernel/failure.ts";
import { seededRandom } from "../../src/kernel/random.ts";
import { openSession, type SessionOptions } from "../../src/lifecycle/session.ts";
import type { Target } from "../../src/lifecycle/target.ts";
import { environmentOf } from "../aws/doctor/world.ts";
import { folder } from "../rehearsal/storage/keep.ts";

const denied = new Failure("AWS_CREDENTIALS", "no AWS credentials were found");

test("nothing begins where it could not end", async () => {
  const directory = await folder();
  const options = {
    environment: { ...environmentOf(), directory },
    target: { name: "aws", admit: async () => Promise.reject(denied) } as unknown as Target,
    ...{ clock: manualClock(), random: seededRandom(1), host: "here", pid: process.pid, command: "aura up" },
  } as unknown as SessionOptions;
  await expect(openSession(options, { begin: true })).rejects.toBe(denied);
  // neither a run, nor a report, nor a lock
  expect(await readdir(directory, { recursive: true })).toEqual([".aura", ".aura/dev"]);
});

const time = "2026-01-01T00:00:00Z";
const ended = {
  ...{
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", uid: "u", resourceVersion: "2", creationTimestamp: time },
  },
  spec: { nodeName: "n" },
  status: {
    phase: "Succeeded",
    conditions: [{ type: "PodScheduled", status: "True", lastTransitionTime: time }],
    containerStatuses: [{ name: "main", state: { terminated: { exitCode: 0, startedAt: time, finishedAt: time } } }],
  },
} as unknown as Pod;

/** Has nothing until `tell` is called, and then a pod that has run to its end. */
function clusterOf() {
  let tell = () => {};
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const api = {
    list: async () => ({ items: [], resourceVersion: "1" }),
    async *watch({ kind }: { kind: string }, { signal }: { signal: AbortSignal }): AsyncGenerator<WatchEvent<Pod>> {
      const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      await Promise.race([told, aborted]);
      if (kind === "Pod" && !signal.aborted) yield { type: "ADDED", object: ended };
      await aborted;
    },
  } as unknown as ObjectApi;
  return { api, tell: () => tell() };
}

test("a phase ends when what it saw is written", async () => {
  const { api, tell } = clusterOf();
  const clock = manualClock();
  const options = {
    environment: { ...environmentOf(), directory: await folder() },
    target: { name: "rehearsal", connect: async () => api, now: async () => clock.now() } as unknown as Target,
    ...{ clock, random: seededRandom(1), host: "here", pid: process.pid, command: "aura run", listener: () => {} },
  } as unknown as SessionOptions;
  const session = await openSession(options, { begin: true });
  await session.phase("run", async () => {
    const recorder = await session.record();
    const seen = new Promise<void>((resolve) => void recorder.onChange(resolve));
    tell();
    await seen;
  });
  expect(session.entries.slice(-5).map((entry) => "state" in entry && `${entry.type} ${entry.state}`)).toEqual([
    ...["pod created", "pod scheduled", "pod running", "pod succeeded"],
    "phase succeeded",
  ]);
  await session.close();
});
