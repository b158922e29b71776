import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { conditionOf } from "../../../src/cluster/objects.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import { startKubelet } from "../../../src/rehearsal/kubelet/kubelet.ts";
import { type ClusterOptions, job, minute, second, startCluster } from "../controllers/cluster.ts";

function start(options: ClusterOptions = {}) {
  const at = startCluster({ run: () => ({ ms: 10 * minute, exitCode: 0 }), ...options });
  onTestFinished(() => {
    at.stop();
    expect(at.errors).toEqual([]);
  });
  return at;
}

const typesOf = ({ fleet }: ReturnType<typeof startCluster>) =>
  fleet.instances().map(({ offering }) => `${offering.instanceType.name} ${offering.capacityType} ${offering.zone}`);
const states = (at: ReturnType<typeof startCluster>) =>
  at.claims().map((claim) => conditionOf(claim, "Registered")?.status);

it("buys elsewhere where capacity is short", async () => {
  const at = start();
  at.faults.add({ fault: "capacity", type: "g5.*", capacityType: "spot", zone: "us-east-1a" });
  at.core.create(job("j", { gpus: 1 }));
  await at.advance(2 * minute);
  expect(typesOf(at)).toEqual([expect.stringMatching(/^g5.xlarge spot us-east-1b$/)]);
  expect(at.faults.strikes().map(({ on }) => on)).toContain("g5.xlarge spot us-east-1a");
});

it("waits for capacity until the shortage ends", async () => {
  const at = start();
  at.faults.add({ fault: "capacity", for: "10m" });
  at.core.create(job("j", { gpus: 1 }));
  await at.advance(9 * minute);
  expect(at.fleet.instances()).toEqual([]);
  expect(at.events("InsufficientCapacityError").length).toBeGreaterThan(0);
  await at.advance(10 * minute);
  expect(at.job("j").status).toMatchObject({ active: 1 });
});

it("ends a warned spot node after two minutes", async () => {
  const at = start();
  at.faults.add({ fault: "spot-warning", pool: "gpu", after: "1m", times: 1 });
  at.core.create(job("j", { gpus: 1, annotations: { "karpenter.sh/do-not-disrupt": "true" } }));
  await at.advance(90 * second);
  const [first] = at.fleet.instances();
  expect(at.events("SpotInterrupted")).toEqual([]);
  await at.advance(minute);
  expect(at.events("SpotInterrupted").length).toBeGreaterThan(0);
  expect(at.fleet.find(first?.id ?? "")?.state).toBe("running");
  await at.advance(2 * minute);
  expect(at.fleet.find(first?.id ?? "")?.state).toBe("terminated");
});

it("warns a spot node that is there already", async () => {
  const at = start();
  at.core.create(job("j", { gpus: 1 }));
  await at.advance(2 * minute);
  const status = at.faults.add({ fault: "spot-warning", times: 1 });
  expect(status.struck).toBe(1);
  await at.advance(second);
  expect(at.events("SpotInterrupted").length).toBeGreaterThan(0);
});

it("gives up a node that never registers", async () => {
  const at = start();
  at.faults.add({ fault: "no-register", times: 1 });
  at.core.create(job("j", { gpus: 1 }));
  await at.advance(14 * minute);
  expect([at.nodes(), states(at).includes("True")]).toEqual([[], false]);
  await at.advance(4 * minute);
  expect(at.events("RegistrationTimeout")).toHaveLength(1);
  expect(at.job("j").status).toMatchObject({ active: 1 });
  expect(at.nodes()).toHaveLength(1);
});

it("lets a node register when its fault ends", async () => {
  const at = start();
  at.faults.add({ fault: "no-register", for: "5m" });
  at.core.create(job("j", { gpus: 1 }));
  await at.advance(5 * minute - second);
  expect(at.nodes()).toEqual([]);
  await at.advance(2 * second);
  expect(at.nodes()).toHaveLength(1);
});

it("keeps pods waiting for GPUs without a device plugin", async () => {
  const at = start();
  const { id } = at.faults.add({ fault: "no-device-plugin", type: "g5.*" });
  at.core.create(job("j", { gpus: 1 }));
  await at.advance(8 * minute);
  const [node] = at.nodes();
  expect(node && conditionOf(node, "Ready")?.status).toBe("True");
  expect(node?.status?.allocatable?.["nvidia.com/gpu"]).toBeUndefined();
  expect(at.pods().map(({ status }) => status?.phase)).toEqual(["Pending"]);
  at.faults.remove(id);
  await at.advance(minute);
  expect(at.pods().map(({ status }) => status?.phase)).toEqual(["Running"]);
});

/** As a cluster, with real kubelets whose pods are only timed. */
function startTimed() {
  const dataDir = mkdtempSync(join(tmpdir(), "aura-faults-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return start({
    kubelet(core, clock, faults) {
      const settings = { runtime: "auto", imagePullMs: () => 10_000, gpuOf: () => undefined, hostEnv: {} } as const;
      const kubelet = startKubelet({ core, clock, faults, random: seededRandom(1), dataDir, ...settings });
      return () => void kubelet.stop();
    },
  });
}

const timed = (duration: string) => ({ gpus: 1, annotations: { "aura.dev/simulated-duration": duration } });

it("loses sight of a silent kubelet, and finds it again", async () => {
  const at = startTimed();
  at.core.create(job("j", timed("4m")));
  await at.advance(3 * minute);
  expect(at.pods().map(({ status }) => status?.phase)).toEqual(["Running"]);
  at.faults.add({ fault: "kubelet-silent", for: "3m" });
  await at.advance(2 * minute);
  const ready = () => at.nodes().map((node) => conditionOf(node, "Ready")?.status);
  expect(ready()).toEqual(["Unknown"]);
  expect(at.nodes()[0]?.spec?.taints?.map(({ key }) => key)).toContain("node.kubernetes.io/unreachable");
  await at.advance(2 * minute);
  expect(ready()).toEqual(["True"]);
  await at.advance(minute);
  expect(at.job("j").status).toMatchObject({ succeeded: 1 });
});

it("evicts pods from a full disk", async () => {
  const at = startTimed();
  at.core.create(job("j", timed("1h")));
  await at.advance(3 * minute);
  at.faults.add({ fault: "disk-full", times: 1, for: "5m" });
  await at.advance(30 * second);
  expect(at.nodes().map((node) => conditionOf(node, "DiskPressure")?.status)).toContain("True");
  expect(at.history().map(({ status }) => status?.reason)).toContain("Evicted");
});

it("starts a pod late whose image is slow", async () => {
  const at = startTimed();
  at.faults.add({ fault: "slow-pull", factor: 30, image: "*" });
  at.core.create(job("j", timed("1m")));
  await at.advance(5 * minute);
  expect(at.pods().map(({ status }) => status?.phase)).toEqual(["Pending"]);
  await at.advance(5 * minute);
  expect(at.job("j").status).toMatchObject({ succeeded: 1 });
});
