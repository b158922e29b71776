import { describe, expect, it } from "vitest";

import { clusterUsage } from "../../../src/cluster/usage/cluster-usage.ts";
import { parseGpuMetrics } from "../../../src/cluster/usage/gpu-use.ts";
import { manualClock } from "../../../src/kernel/clocks.ts";
import { fakeCluster, listOf, type Pages, type PodFacts, podOf } from "./fake-cluster.ts";

/** As metrics-server v0.7 answers. */
const podMetrics = JSON.stringify({
  kind: "PodMetricsList",
  apiVersion: "metrics.k8s.io/v1beta1",
  metadata: {},
  items: [
    {
      metadata: { name: "train-x7kq2", namespace: "default", creationTimestamp: "2026-11-25T04:10:31Z" },
      timestamp: "2026-11-25T04:10:12Z",
      window: "15.043s",
      containers: [
        { name: "main", usage: { cpu: "1480000000n", memory: "2365440Ki" } },
        { name: "side", usage: { cpu: "20m", memory: "10Mi" } },
      ],
    },
    {
      metadata: { name: "others", namespace: "default" },
      containers: [{ name: "c", usage: { cpu: "1", memory: "1Gi" } }],
    },
  ],
});

/** As a kubelet answers at /stats/summary, cut to what is read. */
const kubeletSummary = JSON.stringify({
  node: { nodeName: "ip-1" },
  pods: [
    {
      podRef: { name: "train-x7kq2", namespace: "default", uid: "u" },
      cpu: { time: "2026-11-25T04:10:12Z", usageNanoCores: 250_000_000, usageCoreNanoSeconds: 1 },
      memory: { time: "2026-11-25T04:10:12Z", usageBytes: 9, workingSetBytes: 104_857_600 },
    },
    { podRef: { name: "fresh", namespace: "default", uid: "v" }, memory: { workingSetBytes: 1 } },
  ],
});

const gpuLabels = (gpu: number, pod: string, more = "") =>
  `{gpu="${gpu}",UUID="GPU-${gpu}f2",pci_bus_id="00000000:00:1E.0",device="nvidia${gpu}",modelName="NVIDIA A10G",Hostname="ip-1",DCGM_FI_DRIVER_VERSION="570.133.20",container="main",namespace="default",pod="${pod}"${more}}`;

/** As DCGM exporter 4 answers, cut to a few families. */
const dcgmPage = `# HELP DCGM_FI_DEV_SM_CLOCK SM clock frequency (in MHz).
# TYPE DCGM_FI_DEV_SM_CLOCK gauge
DCGM_FI_DEV_SM_CLOCK${gpuLabels(0, "train-x7kq2")} 1710
# HELP DCGM_FI_DEV_GPU_UTIL GPU utilization (in %).
# TYPE DCGM_FI_DEV_GPU_UTIL gauge
DCGM_FI_DEV_GPU_UTIL${gpuLabels(0, "train-x7kq2")} 97
DCGM_FI_DEV_GPU_UTIL${gpuLabels(1, "")} 0
# HELP DCGM_FI_DEV_FB_USED Framebuffer memory used (in MiB).
# TYPE DCGM_FI_DEV_FB_USED gauge
DCGM_FI_DEV_FB_USED${gpuLabels(0, "train-x7kq2")} 18022
DCGM_FI_DEV_FB_USED${gpuLabels(1, "")} 0
`;

const metricsServer = "/apis/metrics.k8s.io/v1beta1/namespaces/default/pods";
const kubelet = "/api/v1/nodes/ip-1/proxy/stats/summary";
const selector = (label: string) =>
  `/api/v1/pods?labelSelector=${label} in (dcgm-exporter,nvidia-dcgm-exporter)&fieldSelector=status.phase=Running`;
const exporter: PodFacts = { name: "dcgm-z", node: "ip-1", labels: { ns: "gpu-operator" } };
const dcgm: Pages = {
  [selector("app")]: listOf(exporter, { ...exporter, name: "dcgm-elsewhere", node: "ip-9" }),
  [selector("app.kubernetes.io/name")]: listOf(exporter),
  "/api/v1/namespaces/gpu-operator/pods/dcgm-z:9400/proxy/metrics": dcgmPage,
};
const cpuOfServer = { cpuMillis: 1500, memoryMib: 2320 };
const gpus = [{ utilizationPercent: 97, memoryMib: 18022 }];

function usage(pages: Pages, ...pods: readonly PodFacts[]) {
  const clock = manualClock();
  const { api, paths } = fakeCluster(pages);
  const ask = clusterUsage({ api: () => api, clock, pods: async () => pods.map(podOf) });
  return { ask, clock, paths, api };
}
const train: PodFacts = { name: "train-x7kq2", node: "ip-1", gpus: 1 };

describe("the use of a cluster's pods", () => {
  it.each<[string, Pages, object | undefined]>([
    ["metrics-server", { [metricsServer]: podMetrics }, cpuOfServer],
    ["kubelets without it", { [kubelet]: kubeletSummary }, { cpuMillis: 250, memoryMib: 100 }],
    ["GPU exporters", dcgm, { gpus }],
    ["all there is", { [metricsServer]: podMetrics, ...dcgm }, { ...cpuOfServer, gpus }],
    ["nobody", {}, undefined],
  ])("is measured by %s", async (_, pages, measured) => {
    const { ask } = usage(pages, train);
    const expected = measured === undefined ? [] : [{ namespace: "default", pod: "train-x7kq2", ...measured }];
    expect(await ask()).toEqual(expected);
  });

  it("is asked for every fifteen seconds", async () => {
    const { ask, clock, paths } = usage({ [metricsServer]: podMetrics }, { name: "train-x7kq2", node: "ip-1" });
    expect(await ask()).toHaveLength(1);
    await clock.advance(14_999);
    expect(await ask()).toEqual([]);
    await clock.advance(1);
    expect(await ask()).toHaveLength(1);
    expect(paths).toEqual([metricsServer, metricsServer]);
  });

  it("asks nobody for GPUs without any", async () => {
    const { ask, paths } = usage(dcgm, { name: "train-x7kq2", node: "ip-1" });
    await ask();
    expect(paths.some((path) => path.includes("dcgm"))).toBe(false);
  });

  it("asks nobody for pods that do not run", async () => {
    const { ask, paths } = usage({ [metricsServer]: podMetrics }, { ...train, phase: "Pending" });
    expect(await ask()).toEqual([]);
    expect(paths).toEqual([]);
  });

  it.each([
    ["what is not there", 404, 10],
    ["what is forbidden", 403, 10],
    ["what fails", 503, 1],
  ])("leaves %s alone for a while", async (_, status, minutes) => {
    const { ask, clock, paths } = usage({ [metricsServer]: status, [kubelet]: kubeletSummary }, train);
    const askedOften = () => paths.filter((path) => path === metricsServer).length;
    for (let passed = 0; passed < minutes * 60_000; passed += 15_000) {
      expect(await ask()).toHaveLength(1);
      await clock.advance(15_000);
    }
    expect(askedOften()).toBe(1);
    await ask();
    expect(askedOften()).toBe(2);
  });

  it("is waited for five seconds", async () => {
    const { ask, clock } = usage({ [metricsServer]: "silent" }, train);
    const answer = ask();
    await clock.advance(5000);
    expect(await answer).toEqual([]);
  });

  it("is told in part when one does not answer", async () => {
    const silent = { name: "dcgm-silent", node: "ip-1", labels: { ns: "gpu-operator" } };
    const page = "/api/v1/namespaces/gpu-operator/pods/dcgm-silent:9400/proxy/metrics";
    const { ask, clock } = usage({ ...dcgm, [selector("app")]: listOf(exporter, silent), [page]: "silent" }, train);
    const answer = ask();
    await clock.advance(5000);
    expect(await answer).toEqual([{ namespace: "default", pod: "train-x7kq2", gpus }]);
  });

  it("does not wait for who heeds no signal", async () => {
    const clock = manualClock();
    const { api } = fakeCluster({});
    const answer = clusterUsage({ api: () => api, clock, pods: () => new Promise(() => {}) })();
    await clock.advance(6000);
    expect(await answer).toEqual([]);
  });

  it("is nothing without a connection", async () => {
    const ask = clusterUsage({ api: () => undefined, clock: manualClock(), pods: async () => [] });
    expect(await ask()).toEqual([]);
  });

  it("does without a list of pods", async () => {
    const { api } = fakeCluster({});
    const pods = () => Promise.reject(new Error("broken"));
    expect(await clusterUsage({ api: () => api, clock: manualClock(), pods })()).toEqual([]);
  });
});

describe("a GPU exporter's page", () => {
  it("tells parts of a GPU apart", () => {
    const mig = (instance: number) => gpuLabels(0, "train", `,GPU_I_ID="${instance}",GPU_I_PROFILE="1g.5gb"`);
    const lines = [1, 2].flatMap((part) => [
      `DCGM_FI_DEV_GPU_UTIL${mig(part)} ${part}0`,
      `DCGM_FI_DEV_FB_USED${mig(part)} ${part}00`,
    ]);
    expect(parseGpuMetrics(lines.join("\n")).map((one) => [one.utilizationPercent, one.memoryMib])).toEqual([
      [10, 100],
      [20, 200],
    ]);
  });

  it("gives nothing for half a measurement", () => {
    expect(parseGpuMetrics(`DCGM_FI_DEV_GPU_UTIL${gpuLabels(0, "train")} 5`)).toEqual([]);
    expect(parseGpuMetrics("<html>")).toEqual([]);
  });
});
