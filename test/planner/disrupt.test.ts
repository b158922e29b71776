import { describe, expect, it } from "vitest";

import { allowedDisruptions } from "../../src/planner/disruption/budgets.ts";
import { isWithinSchedule } from "../../src/planner/disruption/cron.ts";
import type { DisruptionNode, DisruptionPool } from "../../src/planner/disruption-types.ts";
import { evictionCost } from "../../src/planner/eviction-cost.ts";
import { pod } from "./catalog.ts";
import { bound, node, now, plan, pool } from "./disruption-cluster.ts";

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
