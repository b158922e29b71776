import { afterEach, describe, expect, it } from "vitest";

import type { Node, Taint } from "../../../src/cluster/objects.ts";
import { conditionOf } from "../../../src/cluster/objects.ts";
import { type Cluster, type ClusterOptions, job, minute, refTo, second, startCluster } from "./cluster.ts";

let cluster: Cluster | undefined;
afterEach(() => {
  cluster?.stop();
  expect(cluster?.errors).toEqual([]);
});

/** A cluster with a long job on a node whose kubelet beats until it is silenced. */
async function start(options: ClusterOptions = {}) {
  cluster = startCluster({ run: () => ({ ms: 60 * minute, exitCode: 0 }), ...options });
  const at = cluster;
  at.core.create(job("j", { spec: { template: job("j").spec?.template } as object }));
  await at.advance(2 * minute);
  let isSilent = false;
  const name = at.nodes()[0]?.metadata.name ?? "";
  const lease = {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name, namespace: "kube-node-lease" },
  };
  const beat = () => {
    const spec = { renewTime: new Date(at.clock.now()).toISOString() };
    if (at.core.find(lease) === undefined) at.core.create({ ...lease, spec } as never);
    else if (!isSilent) at.core.patch(lease, { spec });
    at.clock.schedule(10 * second, beat, { background: true });
  };
  beat();
  const node = () => at.core.read<Node>({ apiVersion: "v1", kind: "Node", metadata: { name } });
  const silence = (is: boolean) => {
    isSilent = is;
  };
  return { at, node, silence };
}

const taints = ({ spec }: Node) =>
  ((spec?.taints ?? []) as Taint[]).map(({ key, effect }) => `${key}:${effect}`).sort();

describe("a node whose kubelet is silent", () => {
  it("is Unknown, tainted, and recovers", async () => {
    const { at, node, silence } = await start();
    await at.advance(minute);
    expect([conditionOf(node(), "Ready")?.status, taints(node())]).toEqual(["True", []]);
    silence(true);
    await at.advance(minute);
    expect(conditionOf(node(), "Ready")).toMatchObject({
      status: "Unknown",
      reason: "NodeStatusUnknown",
      message: "Kubelet stopped posting node status.",
    });
    expect(taints(node())).toEqual([
      "node.kubernetes.io/unreachable:NoExecute",
      "node.kubernetes.io/unreachable:NoSchedule",
    ]);
    expect(conditionOf(at.pods()[0] ?? {}, "Ready")?.status).toBe("False");
    silence(false);
    await at.advance(20 * second);
    expect([conditionOf(node(), "Ready")?.status, taints(node())]).toEqual(["True", []]);
    await at.advance(6 * minute);
    expect(at.history().length).toBe(1);
  });

  it("loses its pods after what they tolerate", async () => {
    const { at, silence } = await start();
    silence(true);
    await at.advance(5 * minute);
    expect(at.pods().map(({ metadata }) => metadata.deletionTimestamp)).toEqual([undefined]);
    await at.advance(minute + 5 * second);
    expect(conditionOf(at.history()[0] ?? {}, "DisruptionTarget")?.reason).toBe("DeletionByTaintManager");
    expect(at.history().length).toBe(2);
  });
});

it("taints a node that is cordoned or full", async () => {
  const { at, node } = await start();
  at.core.patch(refTo(node()), { spec: { unschedulable: true } });
  const conditions = node().status?.conditions?.map((one) =>
    one.type === "DiskPressure" ? { ...one, status: "True" } : one,
  );
  at.core.patch(refTo(node()), { status: { conditions } }, { subresource: "status" });
  await at.advance(second);
  expect(taints(node())).toEqual([
    "node.kubernetes.io/disk-pressure:NoSchedule",
    "node.kubernetes.io/unschedulable:NoSchedule",
  ]);
  at.core.patch(refTo(node()), { spec: { unschedulable: false } });
  await at.advance(second);
  expect(taints(node())).toEqual(["node.kubernetes.io/disk-pressure:NoSchedule"]);
});

it("evicts at once what a taint is not tolerated by", async () => {
  const { at, node } = await start();
  at.core.patch(refTo(node()), { spec: { taints: [{ key: "broken", effect: "NoExecute" }] } });
  await at.advance(5 * second);
  expect(at.events("TaintManagerEviction").length).toBe(1);
});

it("says that a node is simulated", async () => {
  const { node } = await start();
  expect(node().metadata.annotations?.["aura.dev/simulated"]).toBe("EC2 instance, boot, GPU device plugin, image pull");
  expect(node().status?.nodeInfo).toMatchObject({
    kubeletVersion: "v1.35.4-aura",
    osImage: "simulated by aura rehearsal",
  });
  expect(conditionOf(node(), "Simulated")?.status).toBe("True");
});
