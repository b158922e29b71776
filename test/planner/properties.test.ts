import fc from "fast-check";
import { expect, it } from "vitest";

import { provision } from "../../src/planner/provision.ts";
import type { PlanPod, Provision, Requirement } from "../../src/planner/types.ts";
import { cpuPool, gpuPod, gpuPool, input, market, node, offered, type } from "./catalog.ts";
import { violations } from "./checker.ts";

const gib = 2 ** 30;
const zoneKey = "topology.kubernetes.io/zone";
const hostKey = "kubernetes.io/hostname";

const selector = fc.oneof<fc.MaybeWeightedArbitrary<readonly Requirement[]>[]>(
  { weight: 4, arbitrary: fc.constant([]) },
  fc.constantFrom("us-east-1a", "us-east-1b").map((zone) => [{ key: zoneKey, operator: "In", values: [zone] }]),
  fc.constant([{ key: "karpenter.sh/capacity-type", operator: "NotIn", values: ["spot"] }]),
  fc
    .integer({ min: 1, max: 90 })
    .map((cpu) => [{ key: "karpenter.k8s.aws/instance-cpu", operator: "Gt", values: [String(cpu)] }]),
  fc.constant([{ key: "team", operator: "DoesNotExist" }]),
);

/** Pods as a Deployment makes them: all alike, their constraints about themselves. */
const deployment = fc.record({
  replicas: fc.integer({ min: 1, max: 7 }),
  cpu: fc.integer({ min: 1, max: 24_000 }),
  memory: fc.integer({ min: 1, max: 40 }),
  gpus: fc.constantFrom(0, 0, 0, 1, 2, 4),
  /** GiB of ephemeral storage: of the root volume, of the smallest NVMe disk, of larger ones, of none. */
  disk: fc.constantFrom(0, 0, 0, 10, 150, 900, 9000),
  zoneSpread: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
  hostSpread: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
  isSoft: fc.boolean(),
  affinity: fc.constantFrom(undefined, undefined, zoneKey, hostKey),
  antiAffinity: fc.constantFrom(undefined, undefined, zoneKey, hostKey),
  weight: fc.constantFrom(undefined, 1, 100),
  port: fc.constantFrom(undefined, undefined, undefined, 80),
  selector,
  tolerates: fc.boolean(),
});

type Deployment = typeof deployment extends fc.Arbitrary<infer T> ? T : never;

function podsOf(deployments: readonly Deployment[]): PlanPod[] {
  return deployments.flatMap((one, number) => {
    const labels = { app: `d${number}` };
    const own = { matchLabels: labels };
    const spread = [
      ...(one.zoneSpread ? [{ topologyKey: zoneKey, maxSkew: one.zoneSpread }] : []),
      ...(one.hostSpread ? [{ topologyKey: hostKey, maxSkew: one.hostSpread }] : []),
    ].map((constraint) => ({
      ...constraint,
      whenUnsatisfiable: one.isSoft ? ("ScheduleAnyway" as const) : ("DoNotSchedule" as const),
      selector: own,
    }));
    const term = (topologyKey: string) => [{ topologyKey, selector: own, weight: one.weight }];
    const requests = {
      cpu: one.cpu,
      memory: one.memory * gib,
      ...(one.gpus && { "nvidia.com/gpu": one.gpus }),
      ...(one.disk && { "ephemeral-storage": one.disk * gib }),
    };
    return Array.from({ length: one.replicas }, (_, index) =>
      gpuPod(`d${number}-${index}`, one.gpus, {
        requests,
        labels,
        alternatives: [one.selector],
        spread,
        affinity: one.affinity && term(one.affinity),
        antiAffinity: one.antiAffinity && term(one.antiAffinity),
        hostPorts: one.port ? [{ port: one.port }] : undefined,
        ...(!one.tolerates && { tolerations: [] }),
      }),
    );
  });
}

const zoned = (name: string, zone: string) =>
  node(name, 9000, { labels: { "kubernetes.io/arch": "amd64", [zoneKey]: zone, [hostKey]: name } });

const modes = ["karpenter", "aura"] as const;
const storage = { instanceStorePolicy: "RAID0" } as const;

it.each(modes)("keeps every constraint of every pod (%s)", (mode) => {
  fc.assert(
    fc.property(fc.array(deployment, { maxLength: 6 }), fc.integer({ min: 0, max: 2 }), (list, nodes) => {
      const all = input({
        mode,
        pods: podsOf(list),
        nodes: [zoned("n1", "us-east-1a"), zoned("n2", "us-east-1b")].slice(0, nodes),
        pools: [cpuPool({ limits: { cpu: 200_000 } }), gpuPool({ storage, limits: { "nvidia.com/gpu": 24 } })],
      });
      expect(violations(all, provision(all))).toEqual([]);
    }),
    { numRuns: 150, seed: 8 },
  );
});

it.each(modes)("plans the same whatever the order of input (%s)", (mode) => {
  fc.assert(
    fc.property(fc.array(deployment, { maxLength: 4 }), (list) => {
      const pods = podsOf(list);
      const pools = [cpuPool(), gpuPool({ storage })];
      const reversed = provision(input({ mode, pods: pods.toReversed(), pools: pools.toReversed() }));
      expect(reversed).toEqual(provision(input({ mode, pods, pools })));
    }),
    { numRuns: 60, seed: 8 },
  );
});

const priceOf = ({ claims }: Provision) => claims.reduce((sum, { offering }) => sum + offering.usdPerHour, 0);

it("never makes aura dearer than karpenter", () => {
  fc.assert(
    fc.property(fc.array(deployment, { maxLength: 5 }), (list) => {
      const pods = podsOf(list);
      const pools = [cpuPool(), gpuPool({ storage })];
      const [predicted, improved] = modes.map((mode) => provision(input({ mode, pods, pools })));
      if (predicted === undefined || improved === undefined) throw new Error("no plan");
      expect(improved.unschedulable.length).toBeLessThanOrEqual(predicted.unschedulable.length);
      if (improved.unschedulable.length < predicted.unschedulable.length) return;
      expect(priceOf(improved)).toBeLessThanOrEqual(priceOf(predicted) + 1e-9);
      expect(improved.claims.length).toBeLessThanOrEqual(predicted.claims.length);
    }),
    { numRuns: 150, seed: 8 },
  );
});

it("is no dearer with one type more", () => {
  const batch = fc.array(
    fc.record({ cpu: fc.integer({ min: 1, max: 20_000 }), gpus: fc.integer({ min: 1, max: 8 }) }),
    { minLength: 1, maxLength: 8 },
  );
  const extra = fc.record({
    vcpu: fc.integer({ min: 1, max: 192 }),
    gpus: fc.integer({ min: 1, max: 8 }),
    usd: fc.double({ min: 0.1, max: 16, noNaN: true }),
  });
  fc.assert(
    fc.property(batch, extra, (list, { vcpu, gpus, usd }) => {
      const pods = list.map(({ cpu, gpus: own }, index) =>
        gpuPod(`p${index}`, own, { requests: { cpu, "nvidia.com/gpu": own } }),
      );
      const more = [...market, ...offered(type("g5.extra", vcpu, 256, { gpus }), usd)];
      const plan = (offerings: typeof market) =>
        priceOf(provision(input({ mode: "aura", mayAddNodes: true, pods, offerings, pools: [gpuPool()] })));
      expect(plan(more)).toBeLessThanOrEqual(plan(market) + 1e-9);
    }),
    { numRuns: 60, seed: 8 },
  );
});
