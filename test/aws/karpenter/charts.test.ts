import { describe, expect, it } from "vitest";

import { karpenterReleases, releaseNames } from "../../../src/aws/karpenter/charts.ts";
import { controllerValues } from "../../../src/aws/karpenter/controller-values.ts";
import { environmentOf, isolated } from "./environments.ts";
import { systemTaint } from "./system-taint.ts";

const roleArn = "arn:aws:iam::123456789012:role/aura-e1-karpenter";
const annotation = { "eks.amazonaws.com/role-arn": roleArn };

describe("Karpenter's values", () => {
  it.each([
    ["irsa", "single", 2, { replicas: 2, annotations: annotation, isolatedVPC: false }],
    ["irsa", "none", 3, { replicas: 2, annotations: annotation, isolatedVPC: true }],
    ["pod-identity", "per-az", 10, { replicas: 2, annotations: {}, isolatedVPC: false }],
    ["pod-identity", "none", 2, { replicas: 2, annotations: {}, isolatedVPC: true }],
  ])("fit %s, nat %s and %i nodes", (identity, nat, count, { replicas, annotations, isolatedVPC }) => {
    const network = nat === "none" ? isolated : { nat };
    const environment = environmentOf({ network, cluster: { identity, systemNodes: { count } } });
    expect(controllerValues(environment, { roleArn })).toMatchObject({
      replicas,
      serviceAccount: { name: "karpenter", annotations },
      settings: { clusterName: "aura-e1", interruptionQueue: "aura-e1", isolatedVPC },
    });
  });

  it("run once where there is one node", () => {
    const { cluster, ...rest } = environmentOf();
    const systemNodes = { ...cluster.systemNodes, count: 1 };
    expect(controllerValues({ ...rest, cluster: { ...cluster, systemNodes } }, { roleArn })).toMatchObject({
      replicas: 1,
    });
  });

  it("tolerate what the system nodes are tainted with", async () => {
    const { key } = await systemTaint();
    const tolerations = [{ key, operator: "Exists" }];
    expect(controllerValues(environmentOf(), { roleArn })).toMatchObject({ tolerations });
  });

  it("switch features on only when they are used", () => {
    const gates = (options: object) =>
      (controllerValues(environmentOf(), { roleArn, ...options }) as { settings: { featureGates: object } }).settings
        .featureGates;
    expect(gates({})).toEqual({ capacityBuffer: false, nodeOverlay: false });
    expect(gates({ featureGates: { capacityBuffer: true } })).toEqual({ capacityBuffer: true, nodeOverlay: false });
  });

  it("need the role of IRSA", () => {
    expect(() => controllerValues(environmentOf(), {})).toThrow("the ARN of Karpenter's role is not known");
  });
});

describe("the releases", () => {
  const releases = (file: object) => karpenterReleases(environmentOf(file), { roleArn });

  it("are CRDs first, all pinned", () => {
    const all = releases({});
    expect(all.map(({ name }) => name)).toEqual(releaseNames.toReversed());
    for (const { chart, namespace } of all) {
      expect(chart.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(chart.version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(chart.ownLogins ?? false).toBe(false);
      expect(namespace).toBe("kube-system");
    }
    expect(all.map(({ skipCrds }) => skipCrds ?? false)).toEqual([false, true, false]);
  });

  it("have no device plugin without GPUs", () => {
    const names = releases({ pools: { cpu: { families: ["m7i"] } } }).map(({ name }) => name);
    expect(names).toEqual(["karpenter-crd", "karpenter"]);
  });

  it("put the device plugin on GPU nodes only", () => {
    const text = JSON.stringify(releases({}).at(-1)?.values);
    expect(text).toContain("karpenter.k8s.aws/instance-gpu-count");
    expect(text).toContain('"tolerations":[{"key":"nvidia.com/gpu","operator":"Exists","effect":"NoSchedule"}]');
  });

  it.each([
    ["oci://r.example.com/karpenter", { from: "oci://r.example.com/karpenter", version: "1.14.1" }],
    ["oci://r.example.com:5000/karpenter:1.14.2", { from: "oci://r.example.com:5000/karpenter", version: "1.14.2" }],
    ["oci://r.example.com:5000/karpenter", { from: "oci://r.example.com:5000/karpenter", version: "1.14.1" }],
    ["https://r.example.com/karpenter.tgz", { from: "https://r.example.com/karpenter.tgz" }],
    ["charts/karpenter", { from: "/x/charts/karpenter" }],
    ["/charts/karpenter", { from: "/charts/karpenter" }],
  ])("come from %s when told to", (karpenter, chart) => {
    expect(releases({ aws: { charts: { karpenter } } })[1]?.chart).toEqual({ ...chart, ownLogins: true });
  });
});
