import { describe, expect, it } from "vitest";

import { confirm } from "../../src/planner/disruption/confirm.ts";
import type { BoundPod, DisruptInput, Disruption, DisruptionNode } from "../../src/planner/disruption-types.ts";
import { cpuPool } from "./catalog.ts";
import { bound, node, now, plan, pool } from "./disruption-cluster.ts";

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
