import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import type { ContainerStatus, Job, Pod } from "../../../src/cluster/objects.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import { accountsOf } from "../../../src/rehearsal/controllers/job-accounting.ts";
import { endOf } from "../../../src/rehearsal/controllers/job-end.ts";
import { startKubelet } from "../../../src/rehearsal/kubelet/kubelet.ts";
import { type Cluster, job, minute, second, startCluster } from "./cluster.ts";

let opened: { readonly cluster: Cluster; close(): Promise<void> } | undefined;

afterEach(async () => {
  opened?.cluster.stop();
  await opened?.close();
  opened = undefined;
});

/** A cluster whose kubelet starts containers again, as the real one does. */
function start(): Cluster {
  const dataDir = mkdtempSync(join(tmpdir(), "aura-on-failure-"));
  let stopping: Promise<void> | undefined;
  const cluster = startCluster({
    kubelet(core, clock) {
      const random = seededRandom(3);
      const kubelet = startKubelet({
        ...{ core, clock, random, dataDir, runtime: "auto", hostEnv: {} },
        imagePullMs: () => 0,
        gpuOf: () => undefined,
      });
      return () => {
        stopping = kubelet.stop();
      };
    },
  });
  const close = async () => {
    await stopping;
    rmSync(dataDir, { recursive: true, force: true });
  };
  opened = { cluster, close };
  return cluster;
}

const failing = { "aura.dev/simulated-duration": "5s", "aura.dev/simulated-exit-code": "1" };

describe("a Job whose container restarts in place", () => {
  it("fails at the backoff limit of restarts", async () => {
    const cluster = start();
    cluster.core.create(job("j", { restartPolicy: "OnFailure", annotations: failing, spec: { backoffLimit: 3 } }));
    await cluster.advance(5 * minute);
    expect(cluster.job("j").status).toMatchObject({ active: 0, terminating: 0, failed: 1 });
    expect(cluster.job("j").status?.conditions).toMatchObject([
      { type: "FailureTarget", reason: "BackoffLimitExceeded" },
      { type: "Failed", reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit" },
    ]);
    expect(cluster.history().map(({ status }) => status?.containerStatuses?.[0]?.restartCount)).toEqual([3]);
    expect(cluster.pods().filter(({ status }) => status?.phase === "Running")).toEqual([]);
  });

  it("goes on while it may restart", async () => {
    const cluster = start();
    cluster.core.create(job("j", { restartPolicy: "OnFailure", annotations: failing, spec: { backoffLimit: 100 } }));
    await cluster.advance(5 * minute);
    expect(cluster.job("j").status).toMatchObject({ active: 1, failed: 0 });
  });
});

type Restarts = readonly [phase: "Pending" | "Running" | "Succeeded" | "Failed", main: number, init?: number];

/** What kube-controller-manager's pastBackoffLimitOnFailure says of such pods. */
it.each<[string, "Never" | "OnFailure", number, readonly Restarts[], boolean]>([
  ["fewer restarts than the limit", "OnFailure", 3, [["Running", 2]], false],
  ["as many restarts as the limit", "OnFailure", 3, [["Running", 3]], true],
  [
    "restarts of several pods",
    "OnFailure",
    3,
    [
      ["Running", 2],
      ["Pending", 1],
    ],
    true,
  ],
  ["restarts of an init container", "OnFailure", 3, [["Pending", 0, 3]], true],
  [
    "restarts of a pod that has ended",
    "OnFailure",
    3,
    [
      ["Succeeded", 5],
      ["Running", 0],
    ],
    false,
  ],
  ["no restart and no tolerance", "OnFailure", 0, [["Running", 0]], false],
  ["one restart and no tolerance", "OnFailure", 0, [["Running", 1]], true],
  ["restarts under another policy", "Never", 3, [["Running", 3]], false],
])("judges %s", (_, restartPolicy, backoffLimit, restarts, fails) => {
  const made: Job = job("j", { restartPolicy, spec: { backoffLimit } });
  const pods = restarts.map(([phase, main, init = 0], index): Pod => {
    const status = (name: string, restartCount: number): ContainerStatus => ({
      ...{ name, restartCount, image: "i", imageID: "", ready: false },
    });
    return {
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name: `j-${index}`, namespace: "default" } },
      status: { phase, containerStatuses: [status("main", main)], initContainerStatuses: [status("init", init)] },
    };
  });
  expect(endOf(made, accountsOf(made, pods), second)?.reason).toBe(fails ? "BackoffLimitExceeded" : undefined);
});
