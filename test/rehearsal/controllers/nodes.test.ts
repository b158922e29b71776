import { afterEach, describe, expect, it } from "vitest";

import { conditionOf, type Node, type NodePool } from "../../../src/cluster/objects.ts";
import { parseQuantity } from "../../../src/kernel/quantity.ts";
import { holds } from "../../../src/rehearsal/core/conditions.ts";
import { nodeClass } from "../core/objects.ts";
import {
  type Cluster,
  type ClusterOptions,
  gpuNodePool,
  job,
  minute,
  nodePool,
  refTo,
  second,
  startCluster,
} from "./cluster.ts";

let cluster: Cluster | undefined;
const start = (options?: ClusterOptions) => {
  cluster = startCluster(options);
  return cluster;
};

afterEach(() => {
  cluster?.stop();
  expect(cluster?.errors).toEqual([]);
});

const typesOf = (at: Cluster) =>
  at
    .claims()
    .map(
      ({ metadata: { labels = {} } }) =>
        `${labels["node.kubernetes.io/instance-type"]} ${labels["karpenter.sh/capacity-type"]} ${labels["topology.kubernetes.io/zone"]}`,
    );
const isTainted = (node: Node | undefined) =>
  node?.spec?.taints?.some(({ key }) => key === "karpenter.sh/disrupted") ?? false;
const long = () => ({ ms: 30 * minute, exitCode: 0 });

describe("capacity", () => {
  it("takes the next zone within one request", async () => {
    const at = start({ shortages: [{ capacityType: "spot", instanceType: "g5.xlarge", zone: "us-east-1a" }] });
    at.core.create(job("j", { gpus: 1 }));
    await at.advance(10 * second);
    expect(typesOf(at)).toEqual(["g5.xlarge spot us-east-1b"]);
    expect(at.events("InsufficientCapacityError")).toEqual([]);
  });

  it("falls back on demand with a new claim", async () => {
    const at = start({ shortages: [{ capacityType: "spot", instanceType: "g5.*", zone: "*" }] });
    at.core.create(job("j", { gpus: 1 }));
    await at.advance(20 * second);
    expect(typesOf(at)).toEqual(["g5.xlarge on-demand us-east-1a"]);
    expect(at.events("InsufficientCapacityError")[0]).toContain("g5.xlarge spot us-east-1a");
    await at.advance(2 * minute);
    expect(at.job("j").status?.succeeded).toBe(1);
  });

  it("says that there is none, and tries again in 3 min", async () => {
    const at = start({ shortages: [{ capacityType: "*", instanceType: "*", zone: "*" }] });
    at.core.create(job("j", { gpus: 1 }));
    await at.advance(20 * second);
    expect(at.claims()).toEqual([]);
    const reasons = at.events("FailedScheduling").filter((message) => message.startsWith("Failed to schedule pod"));
    expect(reasons.at(-1)).toContain("no capacity left now: g5.xlarge");
    // cheap spot, then on demand, then the spot that was dearer than that
    expect(at.events("InsufficientCapacityError").length).toBe(3);
    expect(at.clock.pending()).toBe(1);
    await at.advance(3 * minute);
    expect(at.events("InsufficientCapacityError").length).toBeGreaterThan(3);
  });
});

it("has pods' files on NVMe disks", async () => {
  const at = start();
  const ebs = { volumeSize: "50Gi" };
  at.core.create(
    nodeClass("default", {
      instanceStorePolicy: "RAID0",
      blockDeviceMappings: [{ deviceName: "/dev/xvda", rootVolume: true, ebs }],
    }),
  );
  at.core.create(job("large", { gpus: 1, disk: "200Gi" }));
  at.core.create(job("small", { disk: "20Gi" }));
  await at.advance(90 * second);
  const amounts = [...at.claims(), ...at.nodes()].map(({ status, metadata }) => {
    const list = [status?.capacity, status?.allocatable].map((one) => parseQuantity(one?.["ephemeral-storage"] ?? ""));
    return `${metadata.labels?.["node.kubernetes.io/instance-type"]} ${list.join(" ")}`;
  });
  const gib = 2 ** 30;
  const own = [`g5.xlarge ${250e9} ${225e9 - gib}`, `m7i.large ${50 * gib} ${44 * gib}`];
  expect(amounts.sort()).toEqual([...own, ...own].sort());
  at.core.create(job("huge", { gpus: 1, disk: "9000Gi" }));
  await at.advance(minute);
  const tooLittle = "pool gpu: 3 types with too little ephemeral-storage (wants 9000Gi, the most is 6369.2Gi)";
  expect(at.events("FailedScheduling")).toContainEqual(expect.stringContaining(tooLittle));
});

it("tells why a job never fits, without a node", async () => {
  const at = start();
  at.core.create(job("j", { gpus: 16 }));
  await at.advance(minute);
  expect(at.events("FailedScheduling")).toContain(
    "Failed to schedule pod, no pool fits: pool cpu: needs nvidia.com/gpu, has none; pool gpu: 3 types with too few GPUs (wants 16, the most is 8)",
  );
  expect([at.claims(), at.clock.pending()]).toEqual([[], 0]);
});

it("keeps to a pool's limit and says so", async () => {
  const at = start({ pools: [gpuNodePool({ limits: { "nvidia.com/gpu": "1" } })], run: long });
  for (const name of ["a", "b"]) at.core.create(job(name, { gpus: 1 }));
  await at.advance(2 * minute);
  expect(at.claims().length).toBe(1);
  expect(
    at.events("FailedScheduling").filter((message) => message.includes("limit reached: would use 2 of 1 GPUs")).length,
  ).toBe(1);
  const pool = at.core.read<NodePool>(refTo(gpuNodePool()));
  expect(pool.status).toMatchObject({ nodes: 1, resources: { "nvidia.com/gpu": "1", cpu: "4" } });
});

describe("interruption", () => {
  const policy = {
    podFailurePolicy: {
      rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" as const }] }],
    },
  };

  it("drains the spot node and runs the job again", async () => {
    const at = start({ interruptSpotAfterMs: 20 * second, run: () => ({ ms: minute, exitCode: 0 }) });
    at.core.create(job("j", { gpus: 1, spec: { backoffLimit: 0, ...policy } as object }));
    await at.advance(100 * second);
    expect(at.history().map(({ status }) => conditionOf({ status }, "DisruptionTarget")?.reason)).toEqual([
      "EvictionByEvictionAPI",
      undefined,
    ]);
    expect(at.events("SpotInterrupted")[0]).toMatch(
      /^Spot interruption warning was triggered for i-[0-9a-f]{17}: two minutes are left$/,
    );
    await at.advance(4 * minute);
    expect(at.job("j").status).toMatchObject({ succeeded: 1, failed: 0 });
    expect(new Set(at.history().map(({ spec }) => spec?.nodeName)).size).toBe(2);
    await at.advance(5 * minute);
    expect([at.nodes(), at.fleet.instances()]).toEqual([[], []]);
  });

  it("avoids the interrupted offering for a while", async () => {
    const at = start({ interruptSpotAfterMs: 20 * second, run: () => ({ ms: minute, exitCode: 0 }) });
    at.core.create(job("j", { gpus: 1 }));
    await at.advance(2 * minute);
    expect(typesOf(at)).toContain("g5.xlarge spot us-east-1b");
  });

  it("ends a pod that would not go with its instance", async () => {
    const at = start({ run: long });
    at.core.create(job("j", { gpus: 1, annotations: { "karpenter.sh/do-not-disrupt": "true" } }));
    await at.advance(90 * second);
    const name = at.nodes()[0]?.metadata.name ?? "";
    expect([at.fleet.interrupt(name), at.fleet.interrupt("nowhere")]).toEqual([true, false]);
    await at.advance(119 * second);
    expect(at.pods()[0]?.status?.phase).toBe("Running");
    await at.advance(2 * second);
    expect(at.history()[0]?.status).toMatchObject({ phase: "Failed", reason: "NodeLost" });
    expect(conditionOf(at.history()[0] ?? {}, "DisruptionTarget")?.reason).toBe("DeletionByPodGC");
    expect(at.nodes().map(({ metadata }) => metadata.name)).not.toContain(name);
  });
});

describe("disruption", () => {
  it("releases an empty node after consolidateAfter and 15 s", async () => {
    const at = start();
    at.core.create(job("j"));
    await at.advance(70 * second);
    expect(at.pods()[0]?.status?.phase).toBe("Running");
    // done at 96.5 s, empty for 30 s at 126.5 s, found at 130 s, validated at 145 s
    await at.advance(74 * second);
    expect([at.claims().length, isTainted(at.nodes()[0])]).toEqual([1, false]);
    await at.advance(2 * second);
    expect(isTainted(at.nodes()[0])).toBe(true);
    await at.advance(40 * second);
    expect(at.claims()).toEqual([]);
  });

  it("thinks again when a pod comes in between", async () => {
    const at = start();
    at.core.create(job("a"));
    await at.advance(135 * second);
    at.core.create(job("b"));
    await at.advance(20 * second);
    expect([at.claims().length, isTainted(at.nodes()[0])]).toEqual([1, false]);
    expect(at.history()[1]?.status?.phase).toBe("Running");
  });

  it("has an awaited timer only while an empty node waits", async () => {
    const at = start({ run: long });
    at.core.create(job("j"));
    await at.advance(2 * minute);
    const byKubelet = 1;
    expect(at.clock.pending()).toBe(byKubelet);
    await at.advance(29 * minute + 15 * second);
    expect([at.job("j").status?.succeeded, at.clock.pending()]).toEqual([1, 1]);
    await at.advance(5 * minute);
    expect([at.claims(), at.clock.pending()]).toEqual([[], 0]);
  });

  it("awaits nothing for an empty node that is protected", async () => {
    const pool = nodePool("cpu");
    pool.spec.template.metadata = { annotations: { "karpenter.sh/do-not-disrupt": "true" } };
    const at = start({ pools: [pool] });
    at.core.create(job("j"));
    await at.advance(10 * minute);
    expect([at.claims().length, at.clock.pending()]).toEqual([1, 0]);
  });

  it("replaces a node that is too large by a cheaper one", async () => {
    const disruption = {
      consolidationPolicy: "WhenEmptyOrUnderutilized" as const,
      consolidateAfter: "30s",
      budgets: [{ nodes: "100%" }],
    };
    const at = start({
      pools: [nodePool("cpu", { disruption })],
      run: (_, index) => ({ ms: index === 1 ? minute : 60 * minute, exitCode: 0 }),
    });
    const nodeSelector = { "karpenter.sh/capacity-type": "on-demand" };
    at.core.create(job("large", { cpu: "12", nodeSelector }));
    await at.advance(80 * second);
    at.core.create(job("small", { cpu: "1" }));
    await at.advance(6 * minute);
    expect(typesOf(at)).toEqual(["m7i.large spot us-east-1a"]);
    expect(at.events("DisruptionTerminating")).toEqual(["Disrupting NodeClaim: Underutilized/Replace"]);
  });

  it("ends a node at its greatest age", async () => {
    const pool = nodePool("cpu");
    pool.spec.template.spec.expireAfter = "10m";
    const at = start({ pools: [pool], run: long });
    at.core.create(job("j"));
    await at.advance(10 * minute);
    const [claim] = at.claims();
    await at.advance(2 * minute);
    expect(at.events("Expired")).toEqual(["NodeClaim has lived for 10m"]);
    expect(at.claims().map(({ metadata }) => metadata.name)).not.toContain(claim?.metadata.name);
    expect(at.history().length).toBe(2);
  });
});

describe("termination", () => {
  it("waits for a protected pod until the grace period is over", async () => {
    const at = start({ run: long });
    at.core.create(job("j", { annotations: { "karpenter.sh/do-not-disrupt": "true" } }));
    await at.advance(2 * minute);
    const [claim] = at.claims();
    if (claim !== undefined) at.core.delete(refTo(claim));
    await at.advance(4 * minute + 25 * second);
    expect([at.pods()[0]?.status?.phase, at.pods()[0]?.metadata.deletionTimestamp]).toEqual(["Running", undefined]);
    await at.advance(10 * second);
    expect(at.history()[0]?.status?.phase).toBe("Failed");
    await at.advance(minute);
    expect(at.claims().map(({ metadata }) => metadata.name)).not.toContain(claim?.metadata.name);
  });

  it("follows when a pool is deleted", async () => {
    const at = start({ run: long });
    at.core.create(job("j", { gpus: 1 }));
    await at.advance(2 * minute);
    at.core.delete(refTo(gpuNodePool()), { propagationPolicy: "Background" });
    await at.advance(minute);
    expect([at.nodes(), at.claims(), at.fleet.instances()]).toEqual([[], [], []]);
    expect(at.pods().map(({ status }) => status?.phase)).toEqual(["Pending"]);
  });

  it("follows when a node is deleted", async () => {
    const at = start();
    at.core.create(job("j"));
    await at.advance(70 * second);
    const [node] = at.nodes();
    if (node !== undefined) at.core.delete(refTo(node));
    await at.advance(minute);
    expect(at.fleet.instances().map(({ privateDnsName }) => privateDnsName)).not.toContain(node?.metadata.name);
  });

  it("cancels a launch", async () => {
    const at = start();
    at.core.create(job("j"));
    await at.advance(3 * second);
    const [claim] = at.claims();
    expect([claim && holds(claim, "Launched"), at.fleet.instances().length]).toEqual([false, 1]);
    at.core.delete(refTo(job("j")), { propagationPolicy: "Background" });
    if (claim !== undefined) at.core.delete(refTo(claim));
    await at.advance(40 * second);
    expect([at.claims(), at.nodes(), at.fleet.instances()]).toEqual([[], [], []]);
  });
});

it("ends pods of a node that never was", async () => {
  const at = start();
  at.core.create(job("j", { gpus: 16 }));
  await at.advance(second);
  const [pod] = at.pods();
  if (pod !== undefined) at.core.patch(refTo(pod), { spec: { nodeName: "ghost" } }, { subresource: "binding" });
  await at.advance(45 * second);
  expect(at.history()[0]?.status).toMatchObject({
    phase: "Failed",
    message: "Pod ended because its node ghost does not exist",
  });
});

it("keeps a node uninitialized while a startup taint is there", async () => {
  const pool = nodePool("cpu");
  pool.spec.template.spec.startupTaints = [{ key: "agent", effect: "NoSchedule" }];
  const at = start({ pools: [pool] });
  at.core.create(job("j"));
  await at.advance(2 * minute);
  expect([at.claims().length, conditionOf(at.claims()[0] ?? {}, "Initialized")?.reason]).toEqual([
    1,
    "StartupTaintsExist",
  ]);
  const [node] = at.nodes();
  if (node !== undefined) at.core.patch(refTo(node), { spec: { taints: [] } });
  await at.advance(second);
  expect([conditionOf(at.claims()[0] ?? {}, "Initialized")?.status, at.pods()[0]?.status?.phase]).toEqual([
    "True",
    "Running",
  ]);
});
