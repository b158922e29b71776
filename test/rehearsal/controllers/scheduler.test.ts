import { afterEach, expect, it } from "vitest";

import type { Node, Pod } from "../../../src/cluster/objects.ts";
import { conditionOf } from "../../../src/cluster/objects.ts";
import { type ManualClock, manualClock } from "../../../src/kernel/clocks.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import { recorders } from "../../../src/rehearsal/controllers/deps.ts";
import { nodeConditions } from "../../../src/rehearsal/controllers/node-object.ts";
import { podIndex } from "../../../src/rehearsal/controllers/pod-index.ts";
import { startScheduler } from "../../../src/rehearsal/controllers/scheduler.ts";
import type { Core } from "../../../src/rehearsal/core/core.ts";
import { createCore } from "../../../src/rehearsal/core/create-core.ts";

let stop = () => {};
const errors: unknown[] = [];
afterEach(() => {
  stop();
  expect(errors).toEqual([]);
});

function start(): { core: Core; clock: ManualClock } {
  const clock = manualClock();
  const random = seededRandom(1);
  const core = createCore({ clock, random });
  stop = startScheduler({
    core,
    clock,
    pods: podIndex(core),
    events: recorders(core, clock),
    onError: (_, error) => errors.push(error),
  });
  return { core, clock };
}

function node(
  name: string,
  more: {
    cpu?: string;
    taints?: object[];
    labels?: Record<string, string>;
    ready?: boolean;
    unschedulable?: boolean;
    gpus?: string;
  } = {},
): Node {
  const { cpu = "4", taints = [], labels = {}, ready = true, unschedulable = false, gpus } = more;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels },
    spec: { taints, unschedulable },
    status: {
      allocatable: { cpu, memory: "16Gi", pods: "3", ...(gpus && { "nvidia.com/gpu": gpus }) },
      conditions: nodeConditions(ready, 0),
    },
  } as Node;
}

function pod(name: string, spec: object = {}, requests: object = { cpu: "1" }): Pod {
  const containers = [
    {
      name: "c",
      image: "i",
      resources: {
        requests,
        ...("nvidia.com/gpu" in requests && { limits: { "nvidia.com/gpu": requests["nvidia.com/gpu"] } }),
      },
    },
  ];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default" },
    spec: { containers, ...spec },
  } as Pod;
}

const places = (core: Core) =>
  Object.fromEntries(
    core
      .list<Pod>({ apiVersion: "v1", kind: "Pod" })
      .items.map((one) => [one.metadata.name, one.spec?.nodeName ?? conditionOf(one, "PodScheduled")?.message]),
  );

const affinity = (...terms: object[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
});
const expression = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, ...(values.length > 0 && { values }) }],
});

it.each<[string, Node[], Pod, string]>([
  ["there is no node", [], pod("p"), "no nodes available to schedule pods"],
  ["the node fits", [node("a")], pod("p"), "a"],
  ["the emptier node is free", [node("a", { cpu: "2" }), node("b", { cpu: "8" })], pod("p"), "b"],
  ["CPU is short", [node("a")], pod("p", {}, { cpu: "5" }), "0/1 nodes are available: 1 Insufficient cpu."],
  [
    "GPUs and CPU are short",
    [node("a"), node("b", { gpus: "1" })],
    pod("p", {}, { cpu: "5", "nvidia.com/gpu": "2" }),
    "0/2 nodes are available: 2 Insufficient cpu, 2 Insufficient nvidia.com/gpu.",
  ],
  [
    "a taint is not tolerated",
    [node("a", { taints: [{ key: "nvidia.com/gpu", value: "true", effect: "NoSchedule" }] })],
    pod("p"),
    "0/1 nodes are available: 1 node(s) had untolerated taint {nvidia.com/gpu: true}.",
  ],
  [
    "a taint is tolerated",
    [node("a", { taints: [{ key: "x", effect: "NoSchedule" }] })],
    pod("p", { tolerations: [{ key: "x", operator: "Exists" }] }),
    "a",
  ],
  [
    "no node is ready",
    [node("a", { ready: false })],
    pod("p"),
    "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.",
  ],
  [
    "the node is cordoned",
    [node("a", { unschedulable: true })],
    pod("p"),
    "0/1 nodes are available: 1 node(s) were unschedulable.",
  ],
  [
    "the selector fits another",
    [node("a"), node("b", { labels: { zone: "z" } })],
    pod("p", { nodeSelector: { zone: "z" } }),
    "b",
  ],
  [
    "the selector fits none",
    [node("a")],
    pod("p", { nodeSelector: { zone: "z" } }),
    "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
  ],
  [
    "a later term fits",
    [node("a", { labels: { zone: "z" } })],
    pod("p", affinity(expression("zone", "In", "y"), expression("zone", "Exists"))),
    "a",
  ],
  ["a number is above", [node("a", { labels: { gpus: "8" } })], pod("p", affinity(expression("gpus", "Gt", "4"))), "a"],
  [
    "a field names the node",
    [node("a"), node("b")],
    pod("p", affinity({ matchFields: [{ key: "metadata.name", operator: "In", values: ["b"] }] })),
    "b",
  ],
  [
    "reasons differ",
    [node("a"), node("b", { unschedulable: true }), node("c")],
    pod("p", {}, { memory: "20Gi" }),
    "0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient memory.",
  ],
])("places a pod when %s", async (_, nodes, one, expected) => {
  const { core, clock } = start();
  for (const each of nodes) core.create(each);
  core.create(one);
  await clock.advance(0);
  expect(places(core)).toEqual({ p: expected });
});

it("places by priority, then age, within what is free", async () => {
  const { core, clock } = start();
  core.create({
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    metadata: { name: "high" },
    value: 10,
  } as never);
  core.create(pod("old", {}, { cpu: "3" }));
  await clock.advance(2000);
  core.create(pod("young", {}, { cpu: "3" }));
  core.create(pod("vip", { priorityClassName: "high" }, { cpu: "1" }));
  core.create(node("a"));
  await clock.advance(0);
  expect(places(core)).toEqual({ vip: "a", old: "a", young: "0/1 nodes are available: 1 Insufficient cpu." });
});

it("places a waiting pod when another ends", async () => {
  const { core, clock } = start();
  core.create(node("a"));
  for (const name of ["p", "q", "r", "s"]) core.create(pod(name, {}, { cpu: "100m" }));
  await clock.advance(0);
  expect(Object.values(places(core)).sort()).toEqual(["0/1 nodes are available: 1 Too many pods.", "a", "a", "a"]);
  const ended = core.list<Pod>({ apiVersion: "v1", kind: "Pod" }).items.find(({ spec }) => spec?.nodeName);
  core.patch(
    { apiVersion: "v1", kind: "Pod", metadata: { name: ended?.metadata.name ?? "", namespace: "default" } },
    { status: { phase: "Succeeded" } },
    { subresource: "status" },
  );
  await clock.advance(0);
  expect(Object.values(places(core))).toEqual(["a", "a", "a", "a"]);
});

it("leaves pods of other schedulers and gates alone", async () => {
  const { core, clock } = start();
  core.create(node("a"));
  core.create(pod("p", { schedulerName: "volcano" }));
  core.create(pod("q", { schedulingGates: [{ name: "wait" }] }));
  await clock.advance(0);
  // What the API server said of the gates when the pod was made is all that is said
  expect(places(core)).toEqual({ p: undefined, q: "Scheduling is blocked due to non-empty scheduling gates" });
});

it("tells a pod of new reasons with back-off, and the last one for sure", async () => {
  const { core, clock } = start();
  let told = 0;
  core.subscribe<Pod>({ apiVersion: "v1", kind: "Pod" }, ({ type }) => {
    if (type === "MODIFIED") told += 1;
  });
  core.create(pod("p", {}, { cpu: "5" }));
  for (let index = 0; index < 100; index += 1) {
    core.create(node(`n${index}`));
    await clock.advance(200);
  }
  // in 20 s: at once, then after 1, 2, 4 and 8 s
  expect(told).toBe(5);
  await clock.advance(10_000);
  expect(places(core)["p"]).toBe("0/100 nodes are available: 100 Insufficient cpu.");
});

it("places a pod at once though it keeps quiet about it", async () => {
  const { core, clock } = start();
  core.create(pod("p", {}, { cpu: "5" }));
  await clock.advance(1);
  core.create(node("small"));
  core.create(node("large", { cpu: "8" }));
  await clock.advance(1);
  expect(places(core)["p"]).toBe("large");
});

const priorityClass = (name: string, value: number) =>
  ({ apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name }, value }) as never;
const nominated = (core: Core, name: string) =>
  core.read<Pod>({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default" } }).status?.nominatedNodeName;
const deleting = (core: Core) =>
  core
    .list<Pod>({ apiVersion: "v1", kind: "Pod" })
    .items.filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
    .map(({ metadata }) => metadata.name);

it("makes room by the fewest pods of less priority", async () => {
  const { core, clock } = start();
  core.create(priorityClass("warm", -10));
  core.create(priorityClass("high", 10));
  core.create(node("a"));
  core.create(pod("placeholder", { priorityClassName: "warm" }, { cpu: "2" }));
  core.create(pod("plain", {}, { cpu: "1" }));
  await clock.advance(1000);
  core.create(pod("real", { priorityClassName: "high" }, { cpu: "2" }));
  core.create(pod("late", {}, { cpu: "1" }));
  await clock.advance(10);
  expect([deleting(core), nominated(core, "real")]).toEqual([["placeholder"], "a"]);
  const message = "default-scheduler: preempting to accommodate a higher priority pod";
  const victim = core.read<Pod>({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "placeholder", namespace: "default" },
  });
  expect(conditionOf(victim, "DisruptionTarget")).toMatchObject({ reason: "PreemptionByScheduler", message });
  core.delete(
    { apiVersion: "v1", kind: "Pod", metadata: { name: "placeholder", namespace: "default" } },
    { gracePeriodSeconds: 0 },
  );
  await clock.advance(10);
  expect(places(core)).toMatchObject({ real: "a", late: "a" });
});

it("preempts nothing where that would not help", async () => {
  const { core, clock } = start();
  core.create(priorityClass("warm", -10));
  core.create(node("a"));
  core.create(pod("placeholder", { priorityClassName: "warm" }, { cpu: "2" }));
  await clock.advance(10);
  core.create(pod("huge", {}, { cpu: "5" }));
  core.create(pod("equal", { priorityClassName: "warm" }, { cpu: "4" }));
  await clock.advance(10);
  expect([deleting(core), nominated(core, "huge")]).toEqual([[], undefined]);
});

it("spares pods whose disruption budget is spent", async () => {
  const { core, clock } = start();
  core.create(priorityClass("warm", -10));
  core.create({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "b", namespace: "default" },
    spec: { minAvailable: 1, selector: { matchLabels: { guarded: "yes" } } },
  } as never);
  for (const name of ["a", "b"]) core.create(node(name));
  for (const [index, guarded] of ["yes", "no"].entries()) {
    const { metadata, ...rest } = pod(`p${index}`, { priorityClassName: "warm" }, { cpu: "4" });
    core.create({ ...rest, metadata: { ...metadata, labels: { guarded } } });
    await clock.advance(10);
  }
  core.create(pod("real", {}, { cpu: "3" }));
  await clock.advance(10);
  expect(deleting(core)).toEqual(["p1"]);
});
