import { describe, expect, it } from "vitest";

import { provision } from "../../src/planner/provision.ts";
import type { PlanPod, ProvisionInput, Requirement } from "../../src/planner/types.ts";
import { cpuPool, input, node, pod } from "./catalog.ts";

const zoneKey = "topology.kubernetes.io/zone";
const hostKey = "kubernetes.io/hostname";
const capacityKey = "karpenter.sh/capacity-type";
const own = { matchLabels: { app: "x" } };
const x = { labels: { app: "x" } };
const y = { labels: { app: "y" } };
const small = { cpu: 100 };
const requires = (...list: Requirement[]) => ({ alternatives: [list] });
const zone = (...values: string[]): Requirement => ({ key: zoneKey, operator: "In", values });
const spread = (topologyKey: string, more = {}) => ({
  ...x,
  spread: [{ topologyKey, maxSkew: 1, whenUnsatisfiable: "DoNotSchedule" as const, selector: own, ...more }],
});
const term = (topologyKey: string, more = {}) => [{ topologyKey, selector: own, ...more }];
const named = (name: string, where: string) =>
  node(name, 4000, { labels: { "kubernetes.io/arch": "amd64", [zoneKey]: where } });

/** Pods a, b, c … alike. */
function alike(count: number, more: Partial<PlanPod>): PlanPod[] {
  return Array.from({ length: count }, (_, index) => pod("abcdefgh"[index] ?? "", small, more));
}

/** A plan in short: `n:a` for a node, `ab@us-east-1a` for a claim and its zones, `-c` for a pod without a place. */
function outcome(more: Partial<ProvisionInput>): string {
  const { placements, claims, unschedulable } = provision(input({ pools: [cpuPool()], ...more }));
  const short = (name: string) => name.slice(8);
  const nodes = placements.map((one) => `${one.node}:${short(one.pod)}`);
  const planned = claims.map(({ pods, requirements }) => {
    const zones = requirements.find(({ key, operator }) => key === zoneKey && operator === "In")?.values ?? [];
    return `${pods.map(short).join("")}${zones.length > 0 ? `@${zones.map((name) => name.slice(-1)).join("")}` : ""}`;
  });
  return [...nodes, ...planned, ...unschedulable.map((one) => `-${short(one.pod)}`)].sort().join(" ");
}

const table = (cases: [string, Partial<ProvisionInput>, string][]) =>
  it.each(cases)("%s", (_, more, expected) => expect(outcome(more)).toBe(expected));

describe("topology spread", () => {
  table([
    ["spreads over zones", { pods: alike(4, spread(zoneKey)) }, "ac@a bd@b"],
    ["spreads over hosts", { pods: alike(3, spread(hostKey)) }, "a b c"],
    ["lets maxSkew pods on a host", { pods: alike(4, spread(hostKey, { maxSkew: 2 })) }, "ab cd"],
    ["spreads over capacity types", { pods: alike(2, spread(capacityKey)) }, "a@ab b@ab"],
    [
      "counts pods on nodes",
      {
        pods: alike(1, spread(zoneKey)),
        nodes: [{ ...named("n", "us-east-1a"), pods: [{ name: "default/z", ...x }] }],
      },
      "a@b",
    ],
    [
      "does not count other namespaces",
      { pods: alike(1, spread(zoneKey)), nodes: [{ ...named("n", "us-east-1a"), pods: [{ name: "other/z", ...x }] }] },
      "n:a",
    ],
    [
      "stops at the zones the pod may be in",
      { pods: alike(2, { ...spread(zoneKey), ...requires(zone("us-east-1b")) }) },
      "ab@b",
    ],
    [
      "waits where minDomains are not there",
      { pods: alike(2, { ...spread(zoneKey, { minDomains: 3 }), ...requires(zone("us-east-1a")) }) },
      "-b a@a",
    ],
    [
      "gives ScheduleAnyway up",
      {
        pods: alike(2, {
          ...spread(zoneKey, { whenUnsatisfiable: "ScheduleAnyway", minDomains: 3 }),
          ...requires(zone("us-east-1a")),
        }),
      },
      "ab@a",
    ],
    ["takes any number where it is not counted", { pods: alike(3, { ...spread(hostKey), ...y }) }, "abc"],
    [
      "spreads over a label of nodes",
      {
        pools: [],
        pods: alike(2, spread("rack")),
        nodes: [node("m", 4000, { labels: { rack: "1" } }), node("n", 4000, { labels: { rack: "2" } })],
      },
      "m:a n:b",
    ],
  ]);
});

describe("pod affinity", () => {
  table([
    ["keeps a kind in one zone", { pods: alike(3, { ...x, affinity: term(zoneKey) }) }, "abc@a"],
    ["keeps a kind on one host", { pods: alike(3, { ...x, affinity: term(hostKey) }) }, "abc"],
    [
      "follows pods on nodes",
      {
        pods: alike(1, { affinity: term(zoneKey) }),
        nodes: [{ ...named("n", "us-east-1b"), available: {}, pods: [{ name: "default/z", ...x }] }],
      },
      "a@b",
    ],
    ["waits for a pod that is not there", { pods: alike(1, { affinity: term(zoneKey) }) }, "-a"],
    [
      "tries again after the other came",
      { pods: [pod("a", { cpu: 200 }, { affinity: term(hostKey) }), pod("b", small, x)] },
      "ba",
    ],
    ["gives a preference up", { pods: alike(1, { affinity: term(zoneKey, { weight: 1 }) }) }, "a"],
    [
      "selects by namespace label",
      {
        namespaces: { default: { team: "ml" } },
        pods: alike(2, { ...x, affinity: term(hostKey, { namespaceSelector: { matchLabels: { team: "ml" } } }) }),
      },
      "ab",
    ],
  ]);
});

describe("pod anti-affinity", () => {
  table([
    ["keeps a kind apart by host", { pods: alike(2, { ...x, antiAffinity: term(hostKey) }) }, "a b"],
    [
      "keeps one a zone, all possible zones blocked",
      { pods: alike(2, { ...x, antiAffinity: term(zoneKey), ...requires(zone("us-east-1a")) }) },
      "-b a@a",
    ],
    [
      "keeps others away from its pods",
      { pods: [pod("a", { cpu: 200 }, { antiAffinity: term(hostKey) }), pod("b", small, x)] },
      "a b",
    ],
    [
      "keeps others away from its bound pods",
      {
        pods: alike(1, x),
        nodes: [{ ...named("n", "us-east-1a"), pods: [{ name: "default/z", antiAffinity: term(hostKey) }] }],
      },
      "a",
    ],
    [
      "gives a preference up",
      { pods: alike(2, { ...x, antiAffinity: term(zoneKey, { weight: 1 }), ...requires(zone("us-east-1a")) }) },
      "ab@a",
    ],
    [
      "ignores preferences when told",
      { preferencePolicy: "Ignore", pods: alike(2, { ...x, antiAffinity: term(hostKey, { weight: 1 }) }) },
      "ab",
    ],
  ]);
});

describe("node constraints", () => {
  const cpu = "karpenter.k8s.aws/instance-cpu";
  const preferred = (key: string, ...values: string[]) => ({
    preferredNodes: [{ weight: 1, requirements: [{ key, operator: "In" as const, values }] }],
  });
  table([
    ["fills a static pool up", { pools: [cpuPool({ replicas: 3, used: { nodes: 1 } })], pods: alike(1, {}) }, " a"],
    ["keeps to a preferred zone", { pods: alike(1, preferred(zoneKey, "us-east-1b")) }, "a@b"],
    ["gives a preferred zone up", { pods: alike(1, preferred(zoneKey, "us-east-1z")) }, "a"],
    ["keeps to a volume's zone", { pods: alike(1, { volumes: [zone("us-east-1b")] }) }, "a@b"],
    ["separates host ports", { pods: alike(2, { hostPorts: [{ port: 80 }] }) }, "a b"],
    [
      "shares a port on two addresses",
      {
        pods: [
          pod("a", small, { hostPorts: [{ port: 80, ip: "10.0.0.1" }] }),
          pod("b", small, { hostPorts: [{ port: 80, ip: "10.0.0.2" }] }),
        ],
      },
      "ab",
    ],
    ["never grows a static pool for pods", { pools: [cpuPool({ replicas: 0 })], pods: alike(1, {}) }, "-a"],
    [
      "holds to minValues",
      { pools: [cpuPool({ requirements: [{ key: cpu, operator: "Exists", minValues: 9 }] })], pods: alike(1, {}) },
      "-a",
    ],
    [
      "lets minValues go when told",
      {
        minValuesPolicy: "BestEffort",
        pools: [cpuPool({ requirements: [{ key: cpu, operator: "Exists", minValues: 9 }] })],
        pods: alike(1, {}),
      },
      "a",
    ],
  ]);

  it.each<[Requirement["operator"], string, string]>([
    ["Gt", "4", "m7i.4xlarge"],
    ["Gte", "4", "m7i.xlarge"],
    ["Lt", "4", "m7i.large"],
    ["Lte", "4", "m7i.large"],
    ["NotIn", "2", "m7i.xlarge"],
  ])("buys by CPU %s %s: %s", (operator, value, expected) => {
    const pods = alike(1, requires({ key: cpu, operator, values: [value] }));
    expect(provision(input({ pods })).claims[0]?.offering.instanceType.name).toBe(expected);
  });
});

describe("reasons of neighbours", () => {
  it.each<[string, Partial<ProvisionInput>, string]>([
    [
      "an affinity to nobody",
      { pods: alike(1, { affinity: term(zoneKey) }) },
      `pod affinity: 2 of ${zoneKey} excluded (us-east-1a, us-east-1b), none has a pod that it selects`,
    ],
    [
      "zones that are taken",
      { pods: alike(3, { ...x, antiAffinity: term(zoneKey), ...requires(zone("us-east-1a")) }) },
      `pod anti-affinity: 1 of ${zoneKey} excluded (us-east-1a), each has a pod that it selects`,
    ],
  ])("names %s", (_, more, expected) => {
    const { unschedulable } = provision(input({ pools: [cpuPool()], ...more }));
    expect(unschedulable[0]?.reasons[0]).toBe(expected);
  });
});
