import { describe, expect, it } from "vitest";

import { instanceType } from "../../src/catalog/instance-types.ts";
import type { NodeStorage } from "../../src/planner/node-storage.ts";
import { provision } from "../../src/planner/provision.ts";
import { allocatableOf, capacityOf } from "../../src/planner/resources.ts";
import { gpuPod, gpuPool, input, offered, type } from "./catalog.ts";

const gib = 2 ** 30;
const gb = 1e9;
const raid: NodeStorage = { instanceStorePolicy: "RAID0", rootVolumeBytes: 50 * gib };

it.each<[string, string, NodeStorage | undefined, number, number]>([
  // Karpenter's website publishes 17Gi for every type, as for 20Gi of root volume
  ["AL2023's root volume", "g5.2xlarge", undefined, 20 * gib, 17 * gib],
  ["the root volume asked for", "g5.2xlarge", { rootVolumeBytes: 50 * gib }, 50 * gib, 44 * gib],
  ["NVMe disks", "g5.2xlarge", raid, 450 * gb, 405 * gb - gib],
  ["several NVMe disks together", "g5.48xlarge", raid, 7600 * gb, 6840 * gb - gib],
  ["the root volume without NVMe disks", "g5g.xlarge", raid, 50 * gib, 44 * gib],
])("counts %s", (_, name, storage, capacity, allocatable) => {
  const one = instanceType(name);
  if (one === undefined) throw new Error(`no ${name}`);
  const amounts = [capacityOf(one, storage), allocatableOf(one, storage)];
  expect(amounts.map((amount) => amount["ephemeral-storage"])).toEqual([capacity, allocatable]);
});

describe.each(["karpenter", "aura"] as const)("in mode %s", (mode) => {
  const offerings = [
    ...offered(type("g5g.xlarge", 4, 8, { gpus: 1 }), 0.4),
    ...offered(type("g5.xlarge", 4, 16, { gpus: 1, nvmeGb: 250 }), 1),
    ...offered(type("g5.2xlarge", 8, 32, { gpus: 1, nvmeGb: 450 }), 1.2),
  ];
  const families = [{ key: "karpenter.k8s.aws/instance-family", operator: "In" as const, values: ["g5", "g5g"] }];
  const asking = (name: string, bytes: number) =>
    gpuPod(name, 1, { requests: { cpu: 1000, "nvidia.com/gpu": 1, "ephemeral-storage": bytes } });
  const plan = (bytes: number, storage: NodeStorage | undefined, limits = {}) => {
    const pool = gpuPool({ requirements: families, limits, ...(storage && { storage }) });
    const { claims, unschedulable } = provision(input({ mode, offerings, pools: [pool], pods: [asking("a", bytes)] }));
    return claims[0]?.instanceTypes.map(({ name }) => name) ?? unschedulable[0]?.reasons.join();
  };

  it.each<[string, number, NodeStorage | undefined, readonly string[]]>([
    ["all types for what fits a root volume", 40 * gib, raid, ["g5g.xlarge", "g5.xlarge", "g5.2xlarge"]],
    ["types with NVMe for more", 200 * gib, raid, ["g5.xlarge", "g5.2xlarge"]],
    ["the type with most for most", 300 * gib, raid, ["g5.2xlarge"]],
    [
      "all types when the root volume is large",
      200 * gib,
      { rootVolumeBytes: 300 * gib },
      ["g5g.xlarge", "g5.xlarge", "g5.2xlarge"],
    ],
  ])("leaves %s", (_, bytes, storage, expected) => {
    expect(plan(bytes, storage)).toEqual(expected);
  });

  it("says the most that a type has", () => {
    const most = "with too little ephemeral-storage (wants 900Gi, the most is";
    expect(plan(900 * gib, raid)).toBe(`pool gpu: 3 types ${most} 376.2Gi)`);
    expect(plan(900 * gib, { rootVolumeBytes: 50 * gib })).toBe(`pool gpu: 3 types ${most} 44Gi)`);
  });

  it("counts NVMe disks against limits", () => {
    const limit = (bytes: number) => ({ "ephemeral-storage": bytes });
    expect(plan(200 * gib, raid, limit(250 * gb))).toEqual(["g5.xlarge"]);
    const lacking = "1 type with too little ephemeral-storage (wants 200Gi, the most is 44Gi)";
    expect(plan(200 * gib, raid, limit(200 * gb))).toBe(
      `pool gpu: limit reached: would use 232.8Gi of 186.3Gi ephemeral-storage, ${lacking}`,
    );
  });

  it("packs pods while their files fit", () => {
    const pool = gpuPool({ storage: raid });
    const both = [type("g5.12xlarge", 48, 192, { gpus: 4, nvmeGb: 450 })].flatMap((one) => offered(one, 5));
    const pods = ["a", "b", "c"].map((name) => asking(name, 150 * gib));
    const { claims } = provision(input({ mode, offerings: both, pools: [pool], pods }));
    expect(claims.map((claim) => claim.pods.length)).toEqual([2, 1]);
  });
});
