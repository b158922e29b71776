import { describe, expect, it } from "vitest";
import { disrupt } from "../../src/planner/disrupt.ts";
import { allowedDisruptions } from "../../src/planner/disruption/budgets.ts";
import { confirm } from "../../src/planner/disruption/confirm.ts";
import { isWithinSchedule } from "../../src/planner/disruption/cron.ts";
import type {
  BoundPod,
  DisruptInput,
  Disruption,
  DisruptionNode,
  DisruptionPool,
} from "../../src/planner/disruption-types.ts";
import { evictionCost } from "../../src/planner/eviction-cost.ts";
import { cpuPool, market, pod } from "./catalog.ts";

const gib = 2 ** 30;
const now = Date.UTC(2026, 0, 5, 12, 0);

function pool(more: Partial<DisruptionPool> = {}): DisruptionPool {
  return {
    ...cpuPool(),
    consolidationPolicy: "WhenEmptyOrUnderutilized",
    consolidateAfterMs: 30_000,
    budgets: [{ nodes: "100%" }],
    ...more,
  };
}

function bound(name: string, cpu: number, more: Partial<BoundPod> = {}): BoundPod {
  return { ...pod(name, { cpu, memory: gib }), evictionCost: 1, protectedUntilMs: 0, ...more };
}

/** An m7i.xlarge on demand, four CPUs, that has been quiet for an hour. */
function node(name: string, pods: readonly BoundPod[] = [], more: Partial<DisruptionNode> = {}): DisruptionNode {
  const used = pods.reduce((sum, { requests }) => sum + (requests["cpu"] ?? 0), 0);
  return {
    name,
    labels: { "kubernetes.io/arch": "amd64" },
    taints: [],
    available: { cpu: 4000 - used, memory: (16 - pods.length) * gib, pods: 20 - pods.length },
    initialized: true,
    pool: "cpu",
    pods,
    usdPerHour: 0.2,
    capacityType: "on-demand",
    createdAtMs: now - 7_200_000,
    lastPodEventMs: now - 3_600_000,
    deleting: false,
    doNotDisrupt: false,
    nominatedUntilMs: 0,
    ...more,
  };
}

function plan(nodes: readonly DisruptionNode[], more: Partial<DisruptInput> = {}) {
  return disrupt({
    nodes,
    pools: [pool()],
    offerings: market,
    unavailable: () => false,
    daemonOverhead: {},
    pendingPods: [],
    nowMs: now,
    ...more,
  });
}

const empties = [pool({ consolidationPolicy: "WhenEmpty" })];

describe("emptiness", () => {
  it("takes all empty nodes at once", () => {
    expect(plan([node("a"), node("b"), node("c", [bound("p", 1000)])], { pools: empties }).disruption).toEqual({
      reason: "Empty",
      nodes: ["a", "b"],
      usdPerHour: 0.4,
    });
  });

  it.each<[string, Partial<DisruptionNode>, string | undefined]>([
    ["too young an emptiness", { lastPodEventMs: now - 10_000 }, undefined],
    ["a node that is not initialized", { initialized: false }, "it is not initialized"],
    ["an annotated node", { doNotDisrupt: true }, "it is annotated karpenter.sh/do-not-disrupt"],
    ["a node that a pod is expected on", { nominatedUntilMs: now + 1 }, "a waiting pod is expected on it"],
    ["a node that goes already", { deleting: true }, undefined],
    [
      "a node with a worthless pod that is protected",
      { pods: [bound("p", 1, { evictionCost: 0, protectedUntilMs: Number.POSITIVE_INFINITY })] },
      "pod default/p is annotated karpenter.sh/do-not-disrupt",
    ],
  ])("leaves %s", (_, more, why) => {
    const { disruption, blocked } = plan([node("a", [], more)], { pools: empties });
    expect([disruption, blocked]).toEqual([undefined, why === undefined ? [] : [{ node: "a", why }]]);
  });

  it("says when a young node becomes a candidate", () => {
    expect(plan([node("a", [], { lastPodEventMs: now - 10_000 })]).nextAtMs).toBe(now + 20_000);
  });

  it("counts pods that cost nothing to evict as none", () => {
    expect(plan([node("a", [bound("p", 100, { evictionCost: 0 })])], { pools: empties }).disruption?.nodes).toEqual([
      "a",
    ]);
  });

  it("never acts where consolidateAfter is Never", () => {
    const pools = [pool({ consolidateAfterMs: Number.POSITIVE_INFINITY })];
    expect(plan([node("a")], { pools })).toEqual({ blocked: [] });
  });

  it("keeps to the budget", () => {
    const pools = [pool({ consolidationPolicy: "WhenEmpty", budgets: [{ nodes: "1" }] })];
    const { disruption, blocked } = plan([node("a"), node("b")], { pools });
    expect(disruption?.nodes).toEqual(["a"]);
    expect(blocked).toEqual([{ node: "b", why: "the disruption budget of pool cpu is used up" }]);
  });
});

describe("consolidation", () => {
  it("deletes a node whose pods fit elsewhere", () => {
    const spot = { capacityType: "spot", usdPerHour: 0.06 };
    const full = node("b", [bound("q", 3000)], spot);
    expect(plan([node("a", [bound("p", 1000)], spot), full]).disruption).toMatchObject({
      reason: "Underutilized",
      nodes: ["a"],
    });
  });

  it("replaces a node by a strictly cheaper one", () => {
    const { disruption } = plan([node("a", [bound("p", 1000)])]);
    expect(disruption?.nodes).toEqual(["a"]);
    expect(disruption?.replacement?.offering).toMatchObject({
      capacityType: "spot",
      instanceType: { name: "m7i.large" },
    });
    expect(disruption?.usdPerHour).toBeCloseTo(0.17);
    const capacity = disruption?.replacement?.requirements.filter(({ key }) => key === "karpenter.sh/capacity-type");
    expect(capacity).toEqual([{ key: "karpenter.sh/capacity-type", operator: "In", values: ["spot"] }]);
  });

  it("merges several nodes into one", () => {
    const nodes = ["a", "b", "c"].map((name) =>
      node(name, [bound(`p${name}`, 1000)], { capacityType: "spot", usdPerHour: 0.06 }),
    );
    expect(plan(nodes).disruption).toMatchObject({ reason: "Underutilized", nodes: ["a", "b"] });
  });

  it.each<[string, Partial<DisruptionNode>]>([
    ["spot by spot", { capacityType: "spot", usdPerHour: 0.06 }],
    ["a node by one as dear", { usdPerHour: 0.03 }],
  ])("does not replace %s", (_, more) => {
    expect(plan([node("a", [bound("p", 1000)], more)]).disruption).toBeUndefined();
  });

  it("leaves room for pods that wait", () => {
    const pendingPods = [pod("w", { cpu: 3000 })];
    const nodes = [
      node("a", [bound("p", 3000)], { capacityType: "spot", usdPerHour: 0.06 }),
      node("b", [bound("q", 500)], { doNotDisrupt: true }),
    ];
    expect(plan(nodes).disruption?.nodes).toEqual(["a"]);
    expect(plan(nodes, { pendingPods }).disruption).toBeUndefined();
  });

  it("asks Balanced to save more than it disturbs", () => {
    const pools = [pool({ consolidationPolicy: "Balanced" })];
    const cheap = node("a", [bound("p", 1000), bound("q", 100), bound("r", 100)], {
      usdPerHour: 0.04,
      capacityType: "spot",
    });
    const dear = node("b", [bound("s", 100)], { usdPerHour: 5, doNotDisrupt: true });
    expect(plan([cheap, dear], { pools }).disruption).toBeUndefined();
    expect(plan([cheap, dear]).disruption?.nodes).toEqual(["a"]);
  });
});

describe("drift and expiry", () => {
  const full = { capacityType: "spot", usdPerHour: 0.06 };

  it.each<[string, DisruptionNode[], Partial<DisruptInput>, Partial<Disruption> | undefined]>([
    [
      "takes drifted nodes without pods together",
      [node("a", [], { drifted: true, lastPodEventMs: now })],
      {},
      { reason: "Drifted", nodes: ["a"] },
    ],
    [
      "replaces a drifted node, dearer or not",
      [node("a", [bound("p", 3000)], { ...full, drifted: true })],
      {},
      { reason: "Drifted", nodes: ["a"] },
    ],
    [
      "replaces the cheapest to disrupt first",
      [
        node("a", [bound("p", 1000), bound("q", 1000)], { drifted: true }),
        node("b", [bound("r", 3000)], { drifted: true }),
      ],
      {},
      { reason: "Drifted", nodes: ["b"] },
    ],
    [
      "leaves a drifted node to its budget",
      [node("a", [], { drifted: true, lastPodEventMs: now })],
      { pools: [pool({ budgets: [{ nodes: "0", reasons: ["Drifted"] }] })] },
      undefined,
    ],
    [
      "takes expired nodes whatever protects them",
      [node("a", [bound("p", 1000)], { doNotDisrupt: true, expiresAtMs: now })],
      { pools: [pool({ budgets: [{ nodes: "0" }] })] },
      { reason: "Expired", nodes: ["a"] },
    ],
    ["waits for a node to expire", [node("a", [bound("p", 3900)], { ...full, expiresAtMs: now + 1 })], {}, undefined],
  ])("%s", (_, nodes, more, expected) => {
    const { disruption } = plan(nodes, more);
    if (expected === undefined) expect(disruption).toBeUndefined();
    else expect(disruption).toMatchObject(expected);
  });

  it.each<[string, NonNullable<BoundPod["podBudgets"]>, string]>([
    [
      "a budget that is used up",
      [{ name: "b", disruptionsAllowed: 0 }],
      "pod default/p is held by disruption budget b",
    ],
    [
      "two budgets",
      [
        { name: "b", disruptionsAllowed: 1 },
        { name: "c", disruptionsAllowed: 1 },
      ],
      "pod default/p has 2 disruption budgets",
    ],
  ])("leaves a node for %s", (_, podBudgets, why) => {
    expect(plan([node("a", [bound("p", 100, { podBudgets })])])).toEqual({ blocked: [{ node: "a", why }] });
  });

  it("does not merge nodes into one of their own type at no gain", () => {
    const labels = { "kubernetes.io/arch": "amd64", "node.kubernetes.io/instance-type": "m7i.large" };
    const own = (name: string) =>
      node(name, [bound(`p${name}`, 900)], { labels, usdPerHour: 0.1, doNotDisrupt: false });
    const pools = [
      pool({
        requirements: [
          ...cpuPool().requirements,
          { key: "karpenter.sh/capacity-type", operator: "In", values: ["on-demand"] },
        ],
      }),
    ];
    const small = [own("a"), own("b")].map((one) => ({ ...one, available: { cpu: 0, memory: 0, pods: 0 } }));
    expect(plan(small, { pools }).disruption).toBeUndefined();
  });
});

describe("validation", () => {
  const command: Disruption = { reason: "Empty", nodes: ["a", "b"], usdPerHour: 1 };
  it.each<[string, Disruption, Disruption | undefined, string | undefined]>([
    ["keeps the nodes that are still empty", command, { ...command, nodes: ["b", "c"] }, "b"],
    ["drops a command when nothing is left", command, { ...command, nodes: ["c"] }, undefined],
    ["drops a command of another reason", command, { ...command, reason: "Drifted" }, undefined],
    ["drops a command without a successor", command, undefined, undefined],
    [
      "takes consolidation as a whole",
      { ...command, reason: "Underutilized" },
      { ...command, reason: "Underutilized", nodes: ["b", "a"] },
      "b,a",
    ],
    [
      "drops consolidation that shrank",
      { ...command, reason: "Underutilized" },
      { ...command, reason: "Underutilized", nodes: ["a"] },
      undefined,
    ],
  ])("%s", (_, proposed, current, expected) => {
    expect(confirm(proposed, current)?.nodes.join()).toBe(expected);
  });
});

describe("budgets", () => {
  const ten = Array.from({ length: 11 }, (_, index) => node(`n${index}`, [], { deleting: index === 0 }));
  it.each<[string, DisruptionPool["budgets"], number]>([
    ["rounds percentages up, less what goes", [{ nodes: "10%" }], 1],
    ["takes the strictest", [{ nodes: "100%" }, { nodes: "3" }], 2],
    ["passes over other reasons", [{ nodes: "0", reasons: ["Drifted"] }, { nodes: "5" }], 4],
    ["passes over closed windows", [{ nodes: "0", schedule: "0 0 * * *", durationMs: 3_600_000 }, { nodes: "5" }], 4],
    ["keeps to open windows", [{ nodes: "0", schedule: "0 9 * * 1-5", durationMs: 8 * 3_600_000 }, { nodes: "5" }], 0],
  ])("%s", (_, budgets, expected) => {
    expect(allowedDisruptions(pool({ budgets }), ten, "Empty", now)).toBe(expected);
  });

  it.each<[string, number, boolean]>([
    ["@daily", 3_600_000, false],
    ["@hourly", 60_000, true],
    ["0 12 5 1 *", 60_000, true],
    ["0 12 6 * 1", 60_000, true],
    ["0 12 6 * 2", 60_000, false],
    ["*/15 10-12 * * *", 60_000, true],
    ["7 12 * * *", 3_600_000, false],
  ])("window of %s for %i ms is open: %s", (schedule, durationMs, expected) => {
    expect(isWithinSchedule(schedule, durationMs, now)).toBe(expected);
  });
});

it.each([
  [0, 0, 1],
  [-(2 ** 27), 0, 0],
  [0, -(2 ** 25), 0],
  [2 ** 31, 0, 10],
])("eviction cost of deletion cost %i and priority %i is %i", (deletionCost, priority, expected) => {
  expect(evictionCost(deletionCost, priority)).toBe(expected);
});
