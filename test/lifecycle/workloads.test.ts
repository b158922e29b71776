import { expect, test } from "vitest";

import { buffersStep } from "../../src/lifecycle/steps/buffers.ts";
import { workloadsStep } from "../../src/lifecycle/steps/workloads.ts";
import type { EventObserved } from "../../src/timeline/entries.ts";
import { fakeCluster, object } from "./fake-cluster.ts";

const { signal } = new AbortController();
const owned = { metadata: { ownerReferences: [{ controller: true, kind: "DaemonSet", name: "d" }] } };
const claimed = { metadata: { annotations: { "pv.kubernetes.io/provisioned-by": "ebs.csi.aws.com" } } };

function step(...args: Parameters<typeof fakeCluster>) {
  const cluster = fakeCluster(...args);
  const told: EventObserved[] = [];
  const observe = async (event: EventObserved) => void told.push(event);
  return { ...cluster, told, step: workloadsStep({ access: cluster.access, observe }) };
}

test("what users put there goes, in order", async () => {
  const {
    calls,
    left,
    told,
    step: workloads,
  } = step([
    object("PersistentVolumeClaim", "data"),
    object("Service", "web", { spec: { type: "LoadBalancer" } }),
    object("Service", "inner", { spec: { type: "ClusterIP" } }),
    object("Ingress", "web"),
    object("Deployment", "web"),
    object("Deployment", "kube-system/coredns"),
    object("CronJob", "nightly"),
    object("Pod", "bare"),
    object("Pod", "monitoring/exporter", owned),
  ]);
  expect(await workloads.observe(signal)).toBe("partial");
  await workloads.undo(signal);
  expect(calls).toEqual([
    "delete CronJob default/nightly",
    "delete Deployment default/web",
    "delete Pod default/bare",
    "delete Service default/web",
    "delete Ingress default/web",
    "delete PersistentVolumeClaim default/data",
  ]);
  expect(left()).toEqual(["Service default/inner", "Deployment kube-system/coredns", "Pod monitoring/exporter"]);
  expect(told.map(({ kind, reason }) => `${reason} ${kind}`)).toContain("Removed Ingress");
  expect(await workloads.observe(signal)).toBe("absent");
});

test("kinds that nobody serves are passed over", async () => {
  const { left, step: workloads } = step([object("Deployment", "web")], {
    unserved: ["Ingress", "CronJob", "PersistentVolume"],
  });
  await workloads.undo(signal);
  expect(left()).toEqual([]);
});

test("what hangs keeps nothing else", async () => {
  const { left, step: workloads } = step(
    [object("Ingress", "stuck"), object("PersistentVolumeClaim", "data"), object("Job", "old")],
    { stuck: ["stuck"] },
  );
  await expect(workloads.undo(signal)).rejects.toMatchObject({
    code: "TIMEOUT",
    details: { problems: ["Ingress default/stuck is still there after 10 minutes"] },
  });
  expect(left()).toEqual(["Ingress default/stuck"]);
});

test("disks of claims are waited for", async () => {
  const volume = object("PersistentVolume", "/pv-1", { ...claimed, spec: { persistentVolumeReclaimPolicy: "Delete" } });
  const kept = object("PersistentVolume", "/pv-2", { ...claimed, spec: { persistentVolumeReclaimPolicy: "Retain" } });
  const { calls, step: workloads } = step([volume, kept]);
  await expect(workloads.undo(signal)).rejects.toMatchObject({
    details: { problems: ["PersistentVolume pv-1 is still there after 5 minutes"] },
  });
  expect(calls).toEqual([]);
});

test("a buffer is emptied before it goes", async () => {
  const own = { metadata: { labels: { "aura.dev/environment": "mine" } }, status: { replicas: 2 } };
  const { calls, left, access } = fakeCluster([
    object("CapacityBuffer", "warm", own),
    object("CapacityBuffer", "theirs"),
  ]);
  const buffers = buffersStep(access, { labelSelector: "aura.dev/environment=mine" });
  await buffers.undo(signal);
  expect(calls).toEqual([
    'patch CapacityBuffer default/warm {"spec":{"replicas":0,"percentage":null}}',
    "delete CapacityBuffer default/warm",
  ]);
  expect(left()).toEqual(["CapacityBuffer default/theirs"]);
  expect(await buffers.observe(signal)).toBe("absent");
});

test("without Karpenter there are no buffers", async () => {
  const { access } = fakeCluster([], { unserved: ["CapacityBuffer"] });
  expect(await buffersStep(access, {}).observe(signal)).toBe("absent");
});
