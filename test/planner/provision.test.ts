import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { defaultZones, offerings } from "../../src/catalog/offerings.ts";
import { provision } from "../../src/planner/provision.ts";
import type { PlanPod, ProvisionInput } from "../../src/planner/types.ts";
import { cpuPool, gpuPod, gpuPool, input, market, node, pod } from "./catalog.ts";

const gib = 2 ** 30;

/** A plan in short: who goes where. */
function outcome(more: Partial<ProvisionInput>) {
  const { placements, claims, unschedulable } = provision(input(more));
  return {
    placed: Object.fromEntries(placements.map((placement) => [placement.pod.slice(8), placement.node])),
    claims: claims.map(({ pool, pods, offering }) => {
      const { instanceType, capacityType } = offering;
      return `${pool} ${instanceType.name} ${capacityType}: ${pods.map((name) => name.slice(8)).join(" ")}`;
    }),
    waiting: unschedulable.map(({ pod: name }) => name.slice(8)),
  };
}

const nothing = { placed: {}, claims: [], waiting: [] };
const zone = (...values: string[]) => ({ key: "topology.kubernetes.io/zone", operator: "In" as const, values });
const capacity = (...values: string[]) => ({ key: "karpenter.sh/capacity-type", operator: "In" as const, values });

describe("provision", () => {
  it.each<[string, Partial<ProvisionInput>, Partial<ReturnType<typeof outcome>>]>([
    ["plans nothing for no pods", {}, {}],
    ["takes the cheapest type that fits", { pods: [pod("a")] }, { claims: ["cpu m7i.large spot: a"] }],
    ["gives a GPU pod a GPU type", { pods: [gpuPod("a", 1)] }, { claims: ["gpu g5.xlarge spot: a"] }],
    ["grows the type with the GPUs", { pods: [gpuPod("a", 5)] }, { claims: ["gpu g5.48xlarge spot: a"] }],
    ["packs two pods on one claim", { pods: [pod("a"), pod("b")] }, { claims: ["cpu m7i.large spot: a b"] }],
    [
      "prefers nodes that exist",
      { pods: [pod("a"), pod("b")], nodes: [node("n", 1000)] },
      { placed: { a: "n" }, claims: ["cpu m7i.large spot: b"] },
    ],
    [
      "prefers initialized nodes to those in flight",
      { pods: [pod("a")], nodes: [node("a", 4000, { initialized: false }), node("b", 4000)] },
      { placed: { a: "b" } },
    ],
    [
      "puts the greediest pod first",
      { pods: [pod("small", { cpu: 100 }), pod("big", { cpu: 1500 })], nodes: [node("n", 1500)] },
      { placed: { big: "n" }, claims: ["cpu m7i.large spot: small"] },
    ],
    [
      "keeps off nodes with untolerated taints",
      { pods: [pod("a")], nodes: [node("n", 4000, { taints: [{ key: "x", effect: "NoExecute" }] })] },
      { claims: ["cpu m7i.large spot: a"] },
    ],
    [
      "avoids taints that only prefer",
      { pods: [pod("a")], nodes: [node("n", 4000, { taints: [{ key: "x", effect: "PreferNoSchedule" }] })] },
      { claims: ["cpu m7i.large spot: a"] },
    ],
    [
      "puts up with taints that only prefer",
      { pools: [], pods: [pod("a")], nodes: [node("n", 4000, { taints: [{ key: "x", effect: "PreferNoSchedule" }] })] },
      { placed: { a: "n" } },
    ],
    [
      "tries the heavier pool first",
      { pods: [pod("a")], pools: [cpuPool(), cpuPool({ name: "heavy", weight: 10 })] },
      { claims: ["heavy m7i.large spot: a"] },
    ],
    [
      "buys on demand where the pod says so",
      { pods: [pod("a", undefined, { alternatives: [[capacity("on-demand")]] })] },
      { claims: ["cpu m7i.large on-demand: a"] },
    ],
    [
      "separates pods whose zones differ",
      {
        pods: [
          pod("a", undefined, { alternatives: [[zone("us-east-1a")]] }),
          pod("b", undefined, { alternatives: [[zone("us-east-1b")]] }),
        ],
      },
      { claims: ["cpu m7i.large spot: a", "cpu m7i.large spot: b"] },
    ],
    [
      "takes a later affinity term when needed",
      { pods: [pod("a", undefined, { alternatives: [[zone("eu-west-1a")], [zone("us-east-1b")]] })] },
      { claims: ["cpu m7i.large spot: a"] },
    ],
    [
      "refuses a label that nobody gives",
      { pods: [pod("a", undefined, { alternatives: [[{ key: "team", operator: "In", values: ["ml"] }]] })] },
      { waiting: ["a"] },
    ],
    [
      "finds a label that the pool gives",
      {
        pods: [pod("a", undefined, { alternatives: [[{ key: "team", operator: "In", values: ["ml"] }]] })],
        pools: [cpuPool({ labels: { team: "ml" } })],
      },
      { claims: ["cpu m7i.large spot: a"] },
    ],
    [
      "falls back on an offering that is left",
      { pods: [gpuPod("a", 1)], unavailable: ({ capacityType }) => capacityType === "spot" },
      { claims: ["gpu g5.xlarge on-demand: a"] },
    ],
    [
      "counts DaemonSets on new nodes",
      { pods: [pod("a", { cpu: 1900 })], daemonOverhead: { cpu: 200, pods: 2 } },
      { claims: ["cpu m7i.xlarge spot: a"] },
    ],
    [
      "uses metal only where nothing else fits",
      { pods: [pod("a", { cpu: 90_000 })] },
      { claims: ["cpu m7i.metal-24xl spot: a"] },
    ],
    [
      "drops types above the limit",
      { pods: [pod("a"), pod("b", { cpu: 3000 })], pools: [cpuPool({ limits: { cpu: 2000 } })] },
      { claims: ["cpu m7i.large spot: a"], waiting: ["b"] },
    ],
    [
      "debits the limit by the largest type left",
      { pods: [gpuPod("a", 1), gpuPod("b", 8)], pools: [gpuPool({ limits: { "nvidia.com/gpu": 8 } })] },
      { claims: ["gpu g5.xlarge spot: a"], waiting: ["b"] },
    ],
    [
      "holds to a limit of nodes",
      { pods: [pod("a"), gpuPod("b", 1)], pools: [cpuPool({ limits: { nodes: 1 }, used: { nodes: 1 } }), gpuPool()] },
      { claims: ["gpu g5.xlarge spot: b"], waiting: ["a"] },
    ],
  ])("%s", (_, more, expected) => {
    expect(outcome(more)).toEqual({ ...nothing, ...expected });
  });

  it("lists instance types cheapest first, without GPUs", () => {
    const families = { key: "karpenter.k8s.aws/instance-family", operator: "Exists" as const };
    const { claims } = provision(input({ pods: [pod("a")], pools: [cpuPool({ requirements: [families] })] }));
    expect(claims[0]?.instanceTypes.map(({ name }) => name)).toEqual([
      "m7g.large",
      "m7i.large",
      "m7i.xlarge",
      "m7i.4xlarge",
    ]);
  });

  it("plans the same in any order of pods", () => {
    const sizes = fc.array(
      fc.record({ cpu: fc.integer({ min: 1, max: 90_000 }), gpus: fc.integer({ min: 0, max: 9 }) }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(sizes, (list) => {
        const pods = list.map(({ cpu, gpus }, index) =>
          gpuPod(`p${index}`, gpus, { requests: { cpu, "nvidia.com/gpu": gpus } }),
        );
        expect(provision(input({ pods: pods.toReversed() }))).toEqual(provision(input({ pods })));
      }),
      { numRuns: 50 },
    );
  });
});

const anyPod = fc.record({
  cpu: fc.integer({ min: 1, max: 120_000 }),
  memory: fc.integer({ min: 1, max: 500 }).map((size) => size * gib),
  gpus: fc.constantFrom(0, 0, 1, 4, 8, 16),
  tolerates: fc.boolean(),
});

describe("conservation in a plan", () => {
  it("places every pod once or says why not", () => {
    fc.assert(
      fc.property(fc.array(anyPod, { maxLength: 40 }), fc.integer({ min: 0, max: 24 }), (list, gpuLimit) => {
        const pods = list.map(podOf);
        const plan = provision(
          input({
            pods,
            nodes: [node("n", 20_000)],
            pools: [cpuPool(), gpuPool({ limits: { "nvidia.com/gpu": gpuLimit } })],
          }),
        );
        const seen = [
          ...plan.placements.map((placement) => placement.pod),
          ...plan.claims.flatMap((claim) => claim.pods),
          ...plan.unschedulable.map((one) => one.pod),
        ];
        expect(seen.sort()).toEqual(pods.map(({ name }) => name).sort());
        expect(
          plan.unschedulable.every(({ reasons }) => reasons.length > 0 && reasons.every((reason) => reason.length > 0)),
        ).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("never plans beyond a type or a limit", () => {
    fc.assert(
      fc.property(fc.array(anyPod, { maxLength: 40 }), fc.integer({ min: 0, max: 24 }), (list, gpuLimit) => {
        const pods = list.map(podOf);
        const { claims } = provision(
          input({ pods, pools: [cpuPool(), gpuPool({ limits: { "nvidia.com/gpu": gpuLimit } })] }),
        );
        for (const claim of claims)
          for (const type of claim.instanceTypes)
            expect(sumOf(pods, claim.pods, "cpu")).toBeLessThanOrEqual(type.vcpu * 1000);
        for (const claim of claims)
          for (const type of claim.instanceTypes)
            expect(sumOf(pods, claim.pods, "nvidia.com/gpu")).toBeLessThanOrEqual(type.gpu?.count ?? 0);
        const gpus = claims.map(({ instanceTypes }) => Math.max(...instanceTypes.map(({ gpu }) => gpu?.count ?? 0)));
        expect(gpus.reduce((sum, most) => sum + most, 0)).toBeLessThanOrEqual(gpuLimit);
      }),
      { numRuns: 100 },
    );
  });
});

function podOf(
  { cpu, memory, gpus, tolerates }: { cpu: number; memory: number; gpus: number; tolerates: boolean },
  index: number,
): PlanPod {
  const made = gpuPod(`p${index}`, gpus, { requests: { cpu, memory, "nvidia.com/gpu": gpus } });
  return tolerates ? made : { ...made, tolerations: [] };
}

function sumOf(pods: readonly PlanPod[], names: readonly string[], resource: string): number {
  return pods
    .filter(({ name }) => names.includes(name))
    .reduce((sum, { requests }) => sum + (requests[resource] ?? 0), 0);
}

describe("speed", () => {
  it("plans 1,000 pods on the catalog within 2 s", () => {
    const all = offerings({ region: "us-east-1", zones: defaultZones("us-east-1") });
    const any = { key: "kubernetes.io/os", operator: "Exists" as const };
    const pods = Array.from({ length: 1000 }, (_, index) =>
      gpuPod(`p${index}`, index % 5 === 0 ? 1 : 0, {
        requests: {
          cpu: 100 + 37 * (index % 40),
          memory: (1 + (index % 7)) * gib,
          "nvidia.com/gpu": index % 5 === 0 ? 1 : 0,
        },
      }),
    );
    provision(input({ offerings: all, pods: pods.slice(0, 1), pools: [cpuPool({ requirements: [any] })] }));
    const started = performance.now();
    const { claims, unschedulable } = provision(
      input({ offerings: all, pods, pools: [cpuPool({ requirements: [any] })] }),
    );
    const elapsedMs = performance.now() - started;
    console.log(`1,000 pods on ${all.length} offerings: ${Math.round(elapsedMs)} ms, ${claims.length} claims`);
    expect(unschedulable).toEqual([]);
    expect(elapsedMs).toBeLessThan(2000);
  });

  it("knows its market by the list's identity", () => {
    expect(provision(input({ pods: [pod("a")], offerings: [...market] }))).toEqual(
      provision(input({ pods: [pod("a")] })),
    );
  });
});
