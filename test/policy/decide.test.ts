import { describe, expect, test } from "vitest";
import { decide } from "../../src/policy/decide.ts";
import { type GuardMode, guarded } from "../../src/policy/guard/guarded.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { fixedHold } from "../../src/policy/release/fixed-hold.ts";
import { poolView } from "./warm/pool.ts";

const reason = { code: "warm-test", text: () => "wanted soon" };
const policyOf = (seconds: number, nodes = 0): Policy => ({
  name: "test",
  release: fixedHold("fixed", seconds),
  warm: { name: "some", reviewSeconds: 60, warm: () => ({ nodes, untilSeconds: 2000, reason }) },
});
const idle = (node: number, idleSinceSeconds: number, launchedAtSeconds = 0) => ({
  node,
  idleSinceSeconds,
  launchedAtSeconds,
});
const kinds = (decisions: ReturnType<typeof decide>) =>
  decisions.map((each) => `${each.kind} ${"node" in each ? each.node : "subject" in each ? each.subject : each.nodes}`);

describe("decide", () => {
  test("each idle node is held or released, with a reason", () => {
    const decisions = decide(poolView({ nowSeconds: 1000, idle: [idle(7, 500), idle(8, 900)] }), policyOf(300));
    expect(kinds(decisions)).toEqual(["release 7", "hold 8"]);
    expect(decisions.map(({ reason }) => reason.text())).toEqual([
      "kept for 5 min after a job, whatever it ran",
      "kept for 5 min after a job, whatever it ran",
    ]);
  });

  test("a node is not released in its first minute", () => {
    const [decision] = decide(poolView({ nowSeconds: 1000, idle: [idle(7, 990, 970)] }), policyOf(0));
    expect(decision).toMatchObject({ kind: "hold", node: 7, untilSeconds: 1030 });
  });

  test("busy nodes are never decided on", () => {
    expect(decide(poolView({ nowSeconds: 1000, busy: 5 }), policyOf(0))).toEqual([]);
  });

  test("launches that make no sense are dropped", () => {
    const launches = (nodes: number, nowSeconds = 0) => kinds(decide(poolView({ nowSeconds }), policyOf(0, nodes)));
    expect([
      launches(2.9),
      launches(0.5),
      launches(Number.NaN),
      launches(-1),
      launches(1e9),
      launches(2, 2000),
    ]).toEqual([["warm 2"], [], [], [], [], []]);
  });

  test("a guard that is off decides nothing, one that advises tells", () => {
    const pool = poolView({ nowSeconds: 1000, idle: [idle(7, 500)] });
    const by = (mode: GuardMode) =>
      kinds(decide(pool, guarded(policyOf(3000, 2), fixedHold("plain", 60), { mode, trialDays: 0 })));
    expect(by("off")).toEqual([]);
    expect(by("shadow")).toEqual(["release 7"]);
    expect(by("advise")).toEqual(["release 7", "advise node 7", "advise ann/g5.xlarge"]);
    expect(by("act")).toEqual(["hold 7", "warm 2"]);
  });
});
