import { mkdtemp, readdir, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect, test } from "vitest";

import type { ObjectApi } from "../../src/cluster/api.ts";
import type { Pod } from "../../src/cluster/objects.ts";
import { makeFolder } from "../../src/kernel/files.ts";
import { collectPod } from "../../src/lifecycle/collect-pod.ts";
import { collectedPods } from "../../src/lifecycle/collected-pods.ts";
import type { LogFollower } from "../../src/lifecycle/follow-logs.ts";
import { logPath } from "../../src/lifecycle/log-runs.ts";
import type { Session } from "../../src/lifecycle/session.ts";
import type { Observation, TimelineEntry } from "../../src/timeline/entries.ts";

function pod(name: string, restartCount = 0): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", uid: `uid-${name}` },
    spec: { restartPolicy: restartCount === 0 ? "Never" : "OnFailure", containers: [{ name: "main" }] },
    status: {
      phase: "Succeeded",
      containerStatuses: [{ name: "main", restartCount, state: { terminated: { exitCode: 0 } } }],
    },
  } as unknown as Pod;
}

/** Collects from an API that serves these logs by pod; an Error is where a stream breaks. */
async function world(logs: Record<string, (string | Error)[]>, follower?: LogFollower) {
  const reportDir = await mkdtemp(join(tmpdir(), "aura-collect-"));
  const seen: Observation[] = [];
  const controller = new AbortController();
  const session = {
    run: { reportDir },
    options: { target: { fetchOutputs: async () => ({ files: [], problems: [] }) } },
    observe: async (observation: Observation) => void seen.push(observation),
  } as unknown as Session;
  const api = {
    async *logs({ name }: { name: string }) {
      for (const piece of logs[name] ?? []) {
        if (piece instanceof Error) throw piece;
        yield piece;
      }
    },
    read: async () => pod("again", 5),
  } as unknown as ObjectApi;
  return { reportDir, seen, controller, collecting: { session, api, logs: follower, signal: controller.signal } };
}

const entries = (seen: readonly Observation[], ...pods: string[]) =>
  [
    ...pods.map((name) => ({ type: "pod", namespace: "default", name, uid: `uid-${name}` })),
    ...seen,
  ] as TimelineEntry[];

test("a stream that breaks keeps no pod waiting", async () => {
  const { seen, collecting } = await world({ a: ["half", new Error("reset")], b: ["whole\n"] });
  await collectPod(collecting, pod("a"));
  await collectPod(collecting, pod("b"));
  expect(seen).toMatchObject([
    { type: "log", pod: "a", bytes: 4 },
    { type: "event", level: "Warning", name: "a", reason: "LogNotCollected", message: "log of container main: reset" },
    { type: "log", pod: "b", tail: "whole\n" },
  ]);
  expect([...collectedPods(entries(seen, "a", "b"))]).toEqual(["uid-b"]);
});

test("an interrupt marks nothing as collected", async () => {
  const { seen, collecting, controller } = await world({ a: ["text\n"] });
  const logs: LogFollower = {
    drained: async () => {},
    finish: async () => {
      controller.abort();
      return false;
    },
  };
  await collectPod({ ...collecting, logs }, pod("a"));
  await collectPod(collecting, pod("b"));
  expect(seen).toEqual([]);
});

test("a log larger than memory gives its end", async () => {
  const { seen, collecting, reportDir } = await world({}, { drained: async () => {}, finish: async () => true });
  const file = join(reportDir, logPath({ pod: pod("a"), container: "main", restart: 0 }));
  await makeFolder(dirname(file));
  await writeFile(file, "");
  await truncate(file, 600 * 2 ** 20);
  await writeFile(file, "\nLAST\n", { flag: "a" });
  await collectPod(collecting, pod("a"));
  expect(seen).toMatchObject([{ type: "log", bytes: 600 * 2 ** 20 + 6, tail: expect.stringMatching(/\nLAST\n$/) }]);
});

test("runs that nobody saw are told once", async () => {
  const { seen, collecting } = await world({ again: ["text\n"] });
  await collectPod(collecting, pod("again", 5));
  expect(seen.map((one) => (one.type === "event" ? one.message : one.type))).toEqual([
    "log",
    "log",
    "the log of container main is not whole: runs 0 to 3 ended before the log could be read",
  ]);
});

test("a log that carried outputs is none of the job's", async () => {
  const carried = pod("a");
  const state = { terminated: { exitCode: 0 } };
  Object.assign(carried.status ?? {}, { initContainerStatuses: [{ name: "aura-outputs", restartCount: 0, state }] });
  const { seen, collecting, reportDir } = await world({ a: ["text\n"] });
  const problems: string[] = [];
  const target = { fetchOutputs: async () => ({ files: [], problems }) };
  const session = { ...collecting.session, options: { target } } as unknown as Session;
  await collectPod({ ...collecting, session }, carried);
  expect(seen).toMatchObject([{ type: "log", container: "main" }]);
  const logs = join(reportDir, "logs");
  expect(await readdir(logs)).toEqual(["default.a.main.log"]);
  problems.push("not whole");
  await collectPod({ ...collecting, session }, carried);
  // what it says may be the reason
  expect((await readdir(logs)).sort()).toEqual(["default.a.aura-outputs.log", "default.a.main.log"]);
});
