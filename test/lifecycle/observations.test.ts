import { expect, test } from "vitest";

import type { KubeEvent, Pod } from "../../src/cluster/objects.ts";
import { eventObservation, podGone, podObservations, requestsOf } from "../../src/lifecycle/observations.ts";

const at = (seconds: number) => Date.UTC(2026, 0, 1, 0, 0, seconds);
const time = (seconds: number) => new Date(at(seconds)).toISOString();

function pod(status: object = {}, meta: object = {}): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "train-1",
      namespace: "default",
      uid: "u1",
      creationTimestamp: time(0),
      labels: { "batch.kubernetes.io/job-name": "train" },
      ...meta,
    },
    spec: {
      nodeName: "n1",
      containers: [
        { name: "a", resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { "nvidia.com/gpu": 2 } } },
        { name: "b", resources: { requests: { cpu: "2", memory: "512Mi" } } },
      ],
    },
    status,
  } as Pod;
}

const states = (list: { at: number; observation: { state: string } }[]) =>
  list.map(({ at: when, observation }) => [observation.state, (when - at(0)) / 1000]);

test("requests add up over containers, limits standing in", () => {
  expect(requestsOf(pod())).toEqual({ cpuMillis: 2500, memoryMib: 1536, gpus: 2 });
});

test("a new pod was only created", () => {
  expect(states(podObservations(pod()))).toEqual([["created", 0]]);
});

test("a pod that ran tells its whole life", () => {
  const status = {
    phase: "Failed",
    conditions: [{ type: "PodScheduled", status: "True", lastTransitionTime: time(5) }],
    containerStatuses: [
      { name: "a", state: { terminated: { exitCode: 0, startedAt: time(20), finishedAt: time(40) } } },
      { name: "b", state: { terminated: { exitCode: 3, reason: "Error", startedAt: time(21), finishedAt: time(50) } } },
    ],
  };
  const list = podObservations(pod(status));
  expect(states(list)).toEqual([
    ["created", 0],
    ["scheduled", 5],
    ["running", 20],
    ["failed", 50],
  ]);
  expect(list.at(-1)?.observation).toMatchObject({ job: "train", node: "n1", exitCode: 3, reason: "Error" });
});

test("a restarted container started when it first did", () => {
  const status = {
    phase: "Running",
    containerStatuses: [
      {
        name: "a",
        state: { running: { startedAt: time(60) } },
        lastState: { terminated: { exitCode: 1, startedAt: time(20) } },
      },
    ],
  };
  expect(states(podObservations(pod(status))).at(-1)).toEqual(["running", 20]);
});

test("a pod that never ran is dated by its conditions", () => {
  const status = {
    phase: "Failed",
    reason: "RuntimeRefused",
    message: "not allowed",
    conditions: [{ type: "Ready", status: "False", lastTransitionTime: time(9) }],
  };
  expect(podObservations(pod(status)).at(-1)).toMatchObject({
    at: at(9),
    observation: { state: "failed", reason: "RuntimeRefused", message: "not allowed" },
  });
});

test("a failing init container gives its exit code", () => {
  const status = {
    phase: "Failed",
    initContainerStatuses: [
      { name: "ok", state: { terminated: { exitCode: 0, startedAt: time(8), finishedAt: time(9) } } },
      {
        name: "init",
        state: { terminated: { exitCode: 9, reason: "Error", startedAt: time(10), finishedAt: time(11) } },
      },
    ],
    containerStatuses: [{ name: "a", state: { waiting: { reason: "PodInitializing" } } }],
  };
  expect(podObservations(pod(status)).at(-1)).toMatchObject({
    at: at(11),
    observation: { state: "failed", exitCode: 9, reason: "Error" },
  });
});

test("a sidecar that was stopped is no failure", () => {
  const status = {
    phase: "Succeeded",
    initContainerStatuses: [{ name: "side", state: { terminated: { exitCode: 143, finishedAt: time(60) } } }],
    containerStatuses: [{ name: "a", state: { terminated: { exitCode: 0, finishedAt: time(50) } } }],
  };
  expect(podObservations(pod(status)).at(-1)).toMatchObject({ at: at(50), observation: { exitCode: 0 } });
});

test("a sidecar that was killed is not why a pod failed", () => {
  const ended = (exitCode: number, second: number) => ({
    state: { terminated: { exitCode, finishedAt: time(second) } },
  });
  const failed = pod({
    phase: "Failed",
    reason: "DeadlineExceeded",
    initContainerStatuses: [{ name: "side", ...ended(137, 60) }],
    containerStatuses: [{ name: "a", ...ended(0, 50) }],
  });
  Object.assign(failed.spec ?? {}, { initContainers: [{ name: "side", restartPolicy: "Always" }] });
  expect(podObservations(failed).at(-1)).toMatchObject({
    at: at(50),
    observation: { state: "failed", exitCode: 0, reason: "DeadlineExceeded" },
  });
});

test("a removed pod says what disrupted it", () => {
  const status = { conditions: [{ type: "DisruptionTarget", status: "True", reason: "TerminationByKubelet" }] };
  expect(podGone(pod(status), 7)).toMatchObject({
    at: 7,
    observation: { state: "gone", reason: "TerminationByKubelet" },
  });
});

const event = (reason: string, kind = "Pod"): KubeEvent =>
  ({
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "e", namespace: "default", creationTimestamp: time(1) },
    involvedObject: { kind, name: "train-1", namespace: "default" },
    type: "Warning",
    reason,
    message: "no node fits",
    lastTimestamp: time(4),
    source: { component: "karpenter" },
  }) as KubeEvent;

test("an event keeps who said what of whom", () => {
  expect(eventObservation(event("Killing"))).toEqual({
    at: at(4),
    observation: {
      type: "event",
      level: "Warning",
      kind: "Pod",
      name: "train-1",
      namespace: "default",
      reason: "Killing",
      message: "no node fits",
      source: "karpenter",
    },
  });
});

test("an event of the newer API is read as well", () => {
  const { lastTimestamp: _, source: __, ...rest } = event("FailedScheduling");
  const newer = {
    ...rest,
    lastTimestamp: null,
    eventTime: time(2),
    series: { count: 3, lastObservedTime: time(9) },
    source: {},
    reportingComponent: "default-scheduler",
  };
  expect(eventObservation(newer as unknown as KubeEvent)).toMatchObject({
    at: at(9),
    observation: { source: "default-scheduler" },
  });
});
