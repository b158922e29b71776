import { expect, test } from "vitest";

import type { Pod } from "../../../src/cluster/objects.ts";
import { podText } from "../../../src/rehearsal/wire/pod-text.ts";
import { pod } from "../core/objects.ts";

const running = (name: string, more = {}) => ({ name, ready: true, state: { running: {} }, ...more });
const ended = (exitCode: number, reason?: string) => ({ terminated: { exitCode, ...(reason && { reason }) } });
const initContainers = [{ name: "i" }, { name: "j" }];
const deleting = { deletionTimestamp: "2026-01-01T00:00:00Z" };
const finishedAt = "1970-01-01T00:00:00Z";

test.each<[string, object, object, object, string[]]>([
  ["waits", {}, {}, { phase: "Pending" }, ["0/1", "Pending", "0"]],
  ["runs", {}, {}, { phase: "Running", containerStatuses: [running("c")] }, ["1/1", "Running", "0"]],
  [
    "crashes",
    {},
    {},
    {
      phase: "Running",
      containerStatuses: [
        {
          name: "c",
          restartCount: 3,
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: { terminated: { exitCode: 1, finishedAt } },
        },
      ],
    },
    ["0/1", "CrashLoopBackOff", "3 (90s ago)"],
  ],
  [
    "is complete",
    {},
    {},
    { phase: "Succeeded", containerStatuses: [{ name: "c", state: ended(0, "Completed") }] },
    ["0/1", "Completed", "0"],
  ],
  [
    "failed",
    {},
    {},
    { phase: "Failed", containerStatuses: [{ name: "c", state: ended(2) }] },
    ["0/1", "ExitCode:2", "0"],
  ],
  [
    "has one container left",
    {},
    {},
    {
      phase: "Running",
      conditions: [{ type: "Ready", status: "True" }],
      containerStatuses: [{ name: "a", state: ended(0, "Completed") }, running("c")],
    },
    ["1/1", "Running", "0"],
  ],
  ["goes", deleting, {}, { phase: "Running", containerStatuses: [running("c")] }, ["1/1", "Terminating", "0"]],
  ["went", deleting, {}, { phase: "Failed", reason: "Evicted" }, ["0/1", "Evicted", "0"]],
  ["is lost", deleting, {}, { phase: "Running", reason: "NodeLost" }, ["0/1", "Unknown", "0"]],
  [
    "is gated",
    {},
    {},
    { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", reason: "SchedulingGated" }] },
    ["0/1", "SchedulingGated", "0"],
  ],
  [
    "initializes",
    {},
    { initContainers },
    {
      phase: "Pending",
      initContainerStatuses: [
        { name: "i", state: ended(0) },
        { name: "j", state: { running: {} } },
      ],
    },
    ["0/1", "Init:1/2", "0"],
  ],
  [
    "fails to initialize",
    {},
    { initContainers },
    { phase: "Pending", initContainerStatuses: [{ name: "i", restartCount: 1, state: ended(1, "Error") }] },
    ["0/1", "Init:Error", "1"],
  ],
  [
    "runs with a sidecar",
    {},
    { initContainers: [{ name: "s", restartPolicy: "Always" }] },
    {
      phase: "Running",
      initContainerStatuses: [running("s", { started: true, restartCount: 2 })],
      containerStatuses: [running("c")],
    },
    ["2/2", "Running", "2"],
  ],
])("shows a pod that %s", (_, metadata, spec, status, [ready, text, restarts]) => {
  const shown = podText({ ...pod("p", spec, metadata), status } as Pod, 90_000);
  expect(shown).toEqual({ ready, status: text, restarts });
});
