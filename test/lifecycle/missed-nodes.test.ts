import { describe, expect, it } from "vitest";

import { lacksNodes, missedNodes, type Watched } from "../../src/lifecycle/missed-nodes.ts";
import type { FormerNode } from "../../src/lifecycle/target.ts";
import type { EventObserved, NodeObserved, NodeState, TimelineEntry } from "../../src/timeline/entries.ts";
import { timelineModel } from "../../src/timeline/model.ts";

const node = (name: string, state: NodeState, at = 1, facts: Partial<NodeObserved> = g5): TimelineEntry => ({
  ...{ type: "node", name, state, at, wall: at },
  ...facts,
});
const g5 = { instanceType: "g5.xlarge", usdPerHour: 1 };

const missed = (known: readonly TimelineEntry[], rest: Partial<Watched> = {}) =>
  missedNodes({ known, present: new Set(), former: [], now: 99_000, ...rest });
const textOf = (list: ReturnType<typeof missed>) =>
  list.map(({ at, observation: { name, state } }) => `${name} ${state} ${at}`);

const machine: FormerNode = {
  name: "cpu-1",
  facts: { node: "ip-1", pool: "cpu", instanceType: "c7i.large", capacityType: "spot", zone: "us-east-1a", gpus: 0 },
  requestedAt: 2000,
  launchedAt: 7000,
  endedAt: 80_000,
};

const event = (reason: string, at: number, rest: Partial<EventObserved> = {}): TimelineEntry => ({
  ...{ type: "event", level: "Normal", kind: "NodeClaim", name: "cpu-1", reason, message: "", at, wall: at },
  ...rest,
});

const ran: TimelineEntry[] = [
  { type: "job", namespace: "default", name: "app", state: "submitted", gpus: 0, at: 1000, wall: 1000 },
  ...(["created", "scheduled", "running", "succeeded"] as const).map((state, index): TimelineEntry => {
    const at = 1000 + 20_000 * index;
    const requests = { cpuMillis: 1000, memoryMib: 512, gpus: 0 };
    const where = state === "created" ? {} : { node: "ip-1" };
    return {
      ...{ type: "pod", namespace: "default", name: "app-1", uid: "u", job: "app", state, requests, at, wall: at },
      ...where,
    };
  }),
];

it("tells of nodes that went unseen, with what is known of them", () => {
  const known = [node("a", "launched"), node("a", "disrupted", 2), node("b", "ready"), node("c", "requested")];
  expect(missed(known, { present: new Set(["b"]) })).toEqual([
    {
      at: 99_000,
      observation: {
        ...{ type: "node", name: "a", state: "gone", reason: "it went while no command watched" },
        ...{ instanceType: "g5.xlarge", usdPerHour: 1 },
      },
    },
    { at: 99_000, observation: expect.objectContaining({ name: "c", state: "gone" }) },
  ]);
});

it("tells of none twice", () => {
  expect(missed([node("a", "ready"), node("a", "gone", 2), node("a", "ready", 1)])).toEqual([]);
  const whole = { ...g5, node: "ip-1" };
  expect(missed([node("cpu-1", "gone", 2, whole)], { former: [machine] })).toEqual([]);
  expect(missed([], { former: [machine], present: new Set(["cpu-1"]) })).toEqual([]);
});

describe("a machine that the target remembers", () => {
  it.each([
    ["requested", [node("cpu-1", "requested", 1500, { pool: "cpu" })], ["launched 7000", "gone 80000"]],
    ["not at all", [], ["requested 2000", "launched 7000", "gone 80000"]],
    ["gone, but not what it was", [node("cpu-1", "gone", 90_000, {})], ["requested 2000", "launched 7000"]],
    ["launched, but not where", [node("cpu-1", "launched", 6000)], ["requested 2000", "launched 7000", "gone 80000"]],
  ])("completes a node that was seen %s", (_, known, told) => {
    const found = missed(known, { former: [machine] });
    expect(textOf(found)).toEqual(told.map((text) => `cpu-1 ${text}`));
    expect(found.map(({ observation }) => observation)).toEqual(
      told.map(() => expect.objectContaining({ type: "node", ...machine.facts })),
    );
  });

  it("gives a job the node that it ran on", () => {
    const known = [...ran, node("cpu-1", "requested", 1500, { pool: "cpu" })];
    expect(timelineModel(known).jobs[0]?.node).toBeUndefined();
    const told = missed(known, { former: [machine] }).map(({ at, observation }) => ({
      at,
      wall: 99_000,
      ...observation,
    }));
    expect(timelineModel([...known, ...told]).jobs).toMatchObject([
      { node: { name: "cpu-1", instanceType: "c7i.large", at: { requested: 1500, launched: 7000, gone: 80_000 } } },
    ]);
  });
});

describe("events of a node that went", () => {
  it("date what its conditions were", () => {
    const known = [
      ...[event("Launched", 6500), event("Registered", 40_000), event("Initialized", 50_000)],
      event("Initialized", 60_000, {
        message: "Status condition transitioned, Type: Initialized, Status: True -> False",
      }),
      event("Registered", 3000, { name: "cpu-2" }),
    ];
    const found = textOf(missed(known, { former: [machine] }));
    expect(found.slice(1)).toEqual(
      ["launched 6500", "registered 40000", "ready 50000", "gone 80000"].map((text) => `cpu-1 ${text}`),
    );
  });

  it("name it where its machine is forgotten", () => {
    const message = "Pod should schedule on: nodeclaim/cpu-1, node/ip-1";
    const known = [node("cpu-1", "requested", 1500, {}), event("Nominated", 2000, { kind: "Pod", name: "p", message })];
    expect(missed(known).map(({ observation }) => observation)).toMatchObject([{ state: "gone", node: "ip-1" }]);
  });
});

it("a pod's node that nothing tells of is lacking", () => {
  expect(lacksNodes(ran)).toBe(true);
  expect(lacksNodes([...ran, node("cpu-1", "ready", 1, { node: "ip-1" })])).toBe(false);
  expect(lacksNodes([])).toBe(false);
});
