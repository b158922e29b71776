import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import type { Pod } from "../../src/cluster/objects.ts";
import { systemClock } from "../../src/kernel/clocks.ts";
import { followLogs } from "../../src/lifecycle/follow-logs.ts";
import { type LogRun, logPath } from "../../src/lifecycle/log-runs.ts";
import type { Recorder } from "../../src/lifecycle/recorder.ts";
import type { Session } from "../../src/lifecycle/session.ts";

function pod(index: number, state: "running" | "terminated"): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `p${index}`, namespace: "default", uid: `u${index}` },
    spec: { restartPolicy: "Never" },
    status: { containerStatuses: [{ name: "main", restartCount: 0, state: { [state]: {} } }] },
  } as unknown as Pod;
}

const runOf = (of: Pod): LogRun => ({ pod: of, container: "main", restart: 0 });

/** A recorder whose pods a test changes, and a cluster whose streams stay open until the pod has ended. */
async function world(read: (name: string, attempt: number) => (string | Error)[]) {
  const reportDir = await mkdtemp(join(tmpdir(), "aura-follow-"));
  const pods = new Map<string, Pod>();
  const listeners = new Set<() => void>();
  const last: (() => Promise<void>)[] = [];
  const attempts = new Map<string, number>();
  const streams = { now: 0, most: 0 };
  const isRunning = (name: string) => pods.get(name.replace("p", "u"))?.status?.containerStatuses?.[0]?.state?.running;
  const api = {
    async *logs({ name }: { name: string }, { signal }: { signal: AbortSignal }) {
      attempts.set(name, (attempts.get(name) ?? 0) + 1);
      streams.now += 1;
      streams.most = Math.max(streams.most, streams.now);
      try {
        for (const piece of read(name, attempts.get(name) ?? 0)) {
          if (piece instanceof Error) throw piece;
          yield piece;
        }
        while (isRunning(name) && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
      } finally {
        streams.now -= 1;
      }
    },
  };
  const recorder = {
    pods,
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    beforeStop: (work: () => Promise<void>) => void last.push(work),
  } as unknown as Recorder;
  const session = {
    run: { reportDir },
    entries: [],
    options: { clock: systemClock() },
    api: async () => api,
  } as unknown as Session;
  return {
    streams,
    follower: followLogs(session, recorder),
    put(...changed: Pod[]) {
      for (const one of changed) pods.set(one.metadata.uid ?? "", one);
      for (const listener of listeners) listener();
    },
    stop: () => Promise.all(last.map((work) => work())),
    text: (of: Pod) => readFile(join(reportDir, logPath(runOf(of))), "utf8"),
  };
}

const pods = (state: "running" | "terminated") => Array.from({ length: 200 }, (_, index) => pod(index, state));

test("streams are bounded and all logs come", async () => {
  const { follower, put, streams, text } = await world((name) => [`${name}\n`]);
  put(...pods("running"));
  await new Promise((resolve) => setTimeout(resolve, 50));
  put(...pods("terminated"));
  await follower.drained();
  // how many are open at once depends on how fast the first of them end
  expect(streams.most).toBeLessThanOrEqual(64);
  expect(streams.most).toBeGreaterThan(8);
  for (const one of pods("terminated")) {
    expect(await follower.finish(runOf(one))).toBe(true);
    expect(await text(one)).toBe(`${one.metadata.name}\n`);
  }
});

test("a stream that broke is followed again", async () => {
  const { follower, put, text } = await world((_, attempt) =>
    attempt === 1 ? ["first\n", new Error("reset")] : ["first\nlast\n"],
  );
  put(pod(1, "running"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  put(pod(1, "terminated"));
  await follower.drained();
  expect([await follower.finish(runOf(pod(1, "running"))), await text(pod(1, "running"))]).toEqual([
    true,
    "first\nlast\n",
  ]);
});

test("a run whose end nobody saw is not whole", async () => {
  const { follower, put, stop } = await world(() => ["first\n"]);
  put(pod(1, "running"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  await stop();
  expect(await follower.finish(runOf(pod(1, "running")))).toBe(false);
});
