import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { ClusterApi } from "../../../src/cluster/api.ts";
import { connectCluster } from "../../../src/cluster/connect.ts";
import { karpenterMetrics } from "../../../src/cluster/usage/karpenter-metrics.ts";
import { parseMetrics } from "../../../src/cluster/usage/prometheus-text.ts";
import { manualClock } from "../../../src/kernel/clocks.ts";
import { fakeCluster, listOf, type Pages, servePages } from "./fake-cluster.ts";

/** Families and labels as pkg/metrics of Karpenter 1.14 registers them. */
const leader = `# HELP karpenter_build_info A metric with a constant '1' value labeled by version from which karpenter was built.
# TYPE karpenter_build_info gauge
karpenter_build_info{commit="1d92708",goarch="amd64",goos="linux",goversion="go1.26",version="1.14.1"} 1
# HELP karpenter_nodeclaims_created_total Number of nodeclaims created in total by Karpenter.
# TYPE karpenter_nodeclaims_created_total counter
karpenter_nodeclaims_created_total{min_values_relaxed="false",nodepool="gpu",reason="provisioned"} 3
karpenter_nodeclaims_created_total{min_values_relaxed="true",nodepool="gpu",reason="provisioned"} 1
# HELP karpenter_nodeclaims_disrupted_total Number of nodeclaims disrupted in total by Karpenter.
# TYPE karpenter_nodeclaims_disrupted_total counter
karpenter_nodeclaims_disrupted_total{capacity_type="spot",consolidation_policy="WhenEmpty",nodepool="gpu",reason="Empty",termination_mode="graceful"} 2
karpenter_nodeclaims_disrupted_total{capacity_type="spot",consolidation_policy="",nodepool="gpu",reason="spot_interrupted",termination_mode="graceful"} 1
# HELP karpenter_nodeclaims_terminated_total Number of nodeclaims terminated in total by Karpenter.
# TYPE karpenter_nodeclaims_terminated_total counter
karpenter_nodeclaims_terminated_total{capacity_type="spot",nodepool="gpu",zone="us-east-1a"} 2
# HELP karpenter_cloudprovider_instance_launch_failures_total Number of instance launch (CreateFleet offering) failures.
# TYPE karpenter_cloudprovider_instance_launch_failures_total counter
karpenter_cloudprovider_instance_launch_failures_total{capacity_type="spot",reason="InsufficientInstanceCapacity",zone="us-east-1a",zone_id="use1-az1"} 4
karpenter_cloudprovider_instance_launch_failures_total{capacity_type="spot",reason="InsufficientInstanceCapacity",zone="us-east-1b",zone_id="use1-az2"} 1
# HELP karpenter_cloudprovider_instance_type_offering_price_estimate Instance type offering estimated hourly price.
# TYPE karpenter_cloudprovider_instance_type_offering_price_estimate gauge
karpenter_cloudprovider_instance_type_offering_price_estimate{capacity_type="spot",instance_type="g5.xlarge",zone="us-east-1a"} 0.51
# HELP karpenter_pods_startup_duration_seconds The time from pod creation until the pod is running.
# TYPE karpenter_pods_startup_duration_seconds summary
karpenter_pods_startup_duration_seconds{quantile="0"} 41
karpenter_pods_startup_duration_seconds{quantile="0.5"} 92.5
karpenter_pods_startup_duration_seconds{quantile="0.9"} NaN
karpenter_pods_startup_duration_seconds{quantile="1"} 184
karpenter_pods_startup_duration_seconds_sum 470
karpenter_pods_startup_duration_seconds_count 5
# HELP karpenter_pods_provisioning_unbound_time_seconds The time from when Karpenter first thinks the pod can schedule until it binds.
# TYPE karpenter_pods_provisioning_unbound_time_seconds gauge
karpenter_pods_provisioning_unbound_time_seconds{name="train-x7kq2",namespace="default"} 12
karpenter_pods_provisioning_unbound_time_seconds{name="train-abcde",namespace="default"} 30
`;
/** It led before, and made one. */
const other = `# TYPE karpenter_nodeclaims_created_total counter
karpenter_nodeclaims_created_total{min_values_relaxed="false",nodepool="gpu",reason="provisioned"} 1
# TYPE go_goroutines gauge
go_goroutines 200
`;

const list = "/api/v1/pods?labelSelector=app.kubernetes.io/name in (karpenter)&fieldSelector=status.phase=Running";
const labels = { ns: "kube-system" };
const pages: Pages = {
  [list]: listOf(
    { name: "karpenter-1", labels, port: { name: "http-metrics", containerPort: 8000 } },
    { name: "karpenter-2", labels },
    { name: "karpenter-3", labels },
  ),
  "/api/v1/namespaces/kube-system/pods/karpenter-1:8000/proxy/metrics": leader,
  "/api/v1/namespaces/kube-system/pods/karpenter-2:8080/proxy/metrics": other,
};

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "aura-karpenter-"));
});
afterEach(() => rm(directory, { recursive: true }));
const collect = (api: ClusterApi) => karpenterMetrics(api, directory, manualClock());
const saved = () => readFile(join(directory, "metrics/karpenter.prom"), "utf8");

describe("Karpenter's metrics", () => {
  it("give the figures worth reading", async () => {
    const [only] = await collect(fakeCluster(pages).api);
    expect(only?.figures).toEqual([
      { name: "NodeClaims created", value: 5 },
      { name: "NodeClaims terminated", value: 2 },
      { name: "NodeClaims disrupted: Empty", value: 2 },
      { name: "NodeClaims disrupted: spot_interrupted", value: 1 },
      { name: "pod startup, mean", value: 94, unit: "s" },
      { name: "pod startup, median", value: 92.5, unit: "s" },
      { name: "pod startup, longest", value: 184, unit: "s" },
      { name: "launches failed: InsufficientInstanceCapacity", value: 5 },
    ]);
    expect(only).toMatchObject({ source: "Karpenter", path: "metrics/karpenter.prom", bytes: (await saved()).length });
  });

  it("are saved without series by the pod or type", async () => {
    await collect(fakeCluster(pages).api);
    const text = await saved();
    expect(text).not.toMatch(/train-|g5\.xlarge|goroutines|commit=/);
    const families = new Map(parseMetrics(text).map((family) => [family.name, family]));
    expect(families.get("karpenter_nodeclaims_created_total")?.samples).toEqual([
      { name: "karpenter_nodeclaims_created_total", labels: { nodepool: "gpu", reason: "provisioned" }, value: 5 },
    ]);
    expect(families.get("karpenter_pods_provisioning_unbound_time_seconds")?.samples).toMatchObject([{ value: 30 }]);
    expect(families.get("karpenter_pods_startup_duration_seconds")?.samples).toHaveLength(6);
  });

  it("are nothing where Karpenter is not", async () => {
    expect(await collect(fakeCluster({ [list]: listOf() }).api)).toEqual([]);
    expect(await readdir(directory)).toEqual([]);
  });

  it("are waited for twenty seconds", async () => {
    const clock = manualClock();
    const waiting = karpenterMetrics(fakeCluster({ [list]: "silent" }).api, directory, clock);
    const refused = expect(waiting).rejects.toThrow("no answer within 20 s");
    await clock.advance(20_000);
    await refused;
  });

  it("come through the real client", async () => {
    const { kubeconfig, close } = await servePages(pages);
    const path = join(directory, "kubeconfig");
    await writeFile(path, kubeconfig);
    const [only] = await collect(await connectCluster(path));
    await close();
    expect(only?.figures[0]).toEqual({ name: "NodeClaims created", value: 5 });
  });
});
