import { expect, test } from "vitest";

import type { Job, Pod } from "../../src/cluster/objects.ts";
import { whyUnfinished } from "../../src/lifecycle/unfinished.ts";
import type { TimelineEntry } from "../../src/timeline/entries.ts";

const job = { metadata: { name: "train", namespace: "ml" } } as Job;

function pod(namespace: string, name: string, rest: object): Pod {
  return {
    metadata: { namespace, name, labels: { "batch.kubernetes.io/job-name": "train" } },
    ...rest,
  } as unknown as Pod;
}
const entry = (observation: object) => ({ at: 0, wall: 0, ...observation }) as unknown as TimelineEntry;
const warning = (kind: string, name: string, message: string) =>
  entry({ type: "event", level: "Warning", kind, namespace: "ml", name, reason: "R", message });
const wait = (namespace: string, reason: string) => entry({ type: "wait", namespace, pod: "train-1", reason });

const pending = { status: { phase: "Pending" } };
const waiting = (reason: string, message?: string) => ({
  spec: { nodeName: "ip-1" },
  status: { phase: "Pending", containerStatuses: [{ name: "main", state: { waiting: { reason, message } } }] },
});

test.each([
  ["nothing is known", [], [], "has no pod yet"],
  [
    "a quota forbids its pod",
    [],
    [warning("Job", "train", "pods is forbidden: exceeded quota"), warning("Job", "other", "other")],
    "has no pod yet: pods is forbidden: exceeded quota",
  ],
  [
    "a namesake waits elsewhere",
    [pod("ml", "train-1", pending), pod("other", "train-1", pending)],
    [wait("ml", "no capacity"), wait("other", "a taint")],
    "is pending: no capacity",
  ],
  [
    "its image is not to be had",
    [pod("ml", "train-1", waiting("ImagePullBackOff", "Back-off pulling image x"))],
    [],
    "has a node (ip-1), but has not started on it: container main: ImagePullBackOff, Back-off pulling image x",
  ],
  [
    "its volume is not there",
    [pod("ml", "train-1", waiting("ContainerCreating"))],
    [warning("Pod", "train-1", 'MountVolume.SetUp failed: secret "x" not found')],
    'has a node (ip-1), but has not started on it: MountVolume.SetUp failed: secret "x" not found',
  ],
  [
    "it runs, after a pod that failed",
    [pod("ml", "train-0", { status: { phase: "Failed" } }), pod("ml", "train-1", { status: { phase: "Running" } })],
    [],
    "is still running",
  ],
])("a job is told of when %s", (_, pods, entries, why) => {
  const known = new Map(pods.map((one, index) => [String(index), one]));
  expect(whyUnfinished({ entries }, { pods: known }, job)).toBe(why);
});
