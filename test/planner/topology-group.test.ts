import fc from "fast-check";
import { expect, it } from "vitest";

import { provision } from "../../src/planner/provision.ts";
import { Solver } from "../../src/planner/solver.ts";
import { TopologyGroup, type TopologyRule } from "../../src/planner/topology-group.ts";
import { cpuPool, input, pod } from "./catalog.ts";

const rule = (more: Partial<TopologyRule>): TopologyRule => ({
  kind: "spread",
  key: "topology.kubernetes.io/zone",
  namespaces: ["default"],
  selector: {},
  maxSkew: 1,
  minDomains: 0,
  ...more,
});

/** A group with these counts in domains 0, 1, 2. */
function group(counts: readonly number[], more: Partial<TopologyRule> = {}): TopologyGroup {
  const made = new TopologyGroup(rule(more));
  for (const [domain, count] of counts.entries()) if (count > 0) made.change(domain, count);
  return made;
}

it.each<[string, TopologyGroup, number, boolean, number]>([
  ["lets a spread into the emptiest", group([1, 0, 1]), 0b111, true, 0b010],
  ["lets a spread into all that are level", group([1, 1, 1]), 0b111, true, 0b111],
  ["counts the least of allowed domains only", group([1, 0, 1]), 0b101, true, 0b101],
  ["lets in what does not count itself", group([1, 0, 1]), 0b111, false, 0b111],
  ["takes the least as nought below minDomains", group([1, 1], { minDomains: 3 }), 0b011, true, 0],
  ["lets an affinity to its kind", group([0, 2, 0], { kind: "affinity" }), 0b111, false, 0b010],
  ["lets the first of a kind in anywhere", group([0, 0, 0], { kind: "affinity" }), 0b111, true, 0b111],
  ["lets nobody to a kind that is not there", group([0, 0, 0], { kind: "affinity" }), 0b111, false, 0],
  ["keeps anti-affinity off what is taken", group([0, 2, 0], { kind: "anti-affinity" }), 0b111, true, 0b101],
])("%s", (_, counted, allowed, isSelf, expected) => {
  expect(counted.open(allowed, isSelf)).toBe(expected);
});

it("is as before when all pods went again", () => {
  const moves = fc.array(fc.integer({ min: 0, max: 90 }));
  fc.assert(
    fc.property(moves, (domains) => {
      const counted = new TopologyGroup(rule({ key: "kubernetes.io/hostname" }));
      for (const domain of domains) counted.change(domain, 1);
      for (const domain of domains.toReversed()) counted.change(domain, -1);
      expect(counted.isVacant()).toBe(true);
      expect([counted.occupied, counted.full, counted.over].flatMap((bits) => bits.members())).toEqual([]);
      expect(counted.counts.every((count) => count === 0)).toBe(true);
    }),
    { seed: 8 },
  );
});

it("leaves no trace of a claim that was not opened", () => {
  const selector = { matchLabels: { app: "x" } };
  const labels = { app: "x" };
  const spread = [
    { topologyKey: "topology.kubernetes.io/zone", maxSkew: 1, whenUnsatisfiable: "DoNotSchedule" as const, selector },
  ];
  const plain = pod("a", { cpu: 90_000 }, { labels });
  const pods = [plain, { ...plain, name: "default/b", uid: "b" }, pod("c", { cpu: 100 }, { labels, spread })];
  const all = input({ pods, pools: [cpuPool()] });
  const solver = new Solver(all);
  const [view] = solver.views;
  if (view === undefined) throw new Error("no pool");
  expect(solver.open(pods.slice(0, 2), view)).toBe(false);
  const claims = pods.map((one) => solver.place(one)?.index);
  const [first] = provision(all).claims;
  expect(claims[0]).toBe(0);
  expect(first?.pods).toContain("default/a");
});
