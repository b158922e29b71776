import { describe, expect, it } from "vitest";

import { catalogNames } from "../../src/cli/catalog-names.ts";
import { loadEnvironment } from "../../src/spec/load.ts";
import type { EC2NodeClass } from "../../src/synth/kubernetes/karpenter.ts";
import { environmentToleration } from "../../src/synth/kubernetes/labels.ts";
import { sharedPools } from "../../src/synth/kubernetes/node-pools.ts";
import { synthesizeObjects } from "../../src/synth/kubernetes/objects.ts";

const known = catalogNames();
const load = (file: object) =>
  loadEnvironment({ path: "/x/aura.yaml", text: JSON.stringify({ name: "e1", ...file }), variables: {}, known });
const gpuClass = (families: string[]) =>
  synthesizeObjects(load({ pools: { gpu: { families } } })).find(
    (object): object is EC2NodeClass => object.kind === "EC2NodeClass" && object.metadata.name === "gpu",
  );
const rootDisk = (families: string[]) => gpuClass(families)?.spec.blockDeviceMappings[0]?.ebs;

const gpuFamilies = known.families.filter(({ gpu }) => gpu).map(({ name }) => name);

describe("node classes", () => {
  it.each(gpuFamilies.map((name) => [name]))("give images of %s a fast and large disk", (family) => {
    expect(gpuClass([family])?.spec.instanceStorePolicy).toBe("RAID0");
    const disk = rootDisk([family]);
    const hasNvme = !["g5g", "p3"].includes(family);
    expect([disk?.["volumeSize"], disk?.["throughput"]]).toEqual(hasNvme ? ["50Gi", undefined] : ["150Gi", 600]);
  });

  it("size disks for the family without NVMe", () => {
    expect(rootDisk(["g5", "g5g"])).toMatchObject({ volumeSize: "150Gi" });
  });

  it("carry the run only when deployed", () => {
    const environment = load({ owner: "ml", tags: { team: "x" } });
    const tags = (objects: readonly object[]) =>
      objects.map((object) => (object as EC2NodeClass).spec.tags).filter((one) => one !== undefined);
    const expiresAt = Date.UTC(2026, 10, 25, 8);
    for (const before of tags(synthesizeObjects(environment))) expect(before).not.toHaveProperty("aura:run");
    const after = tags(synthesizeObjects(environment, { run: "r-1", expiresAt }));
    expect(after).toHaveLength(2);
    for (const one of after)
      expect(one).toMatchObject({
        "aura:environment": "e1",
        "aura:run": "r-1",
        "aura:expires-at": "2026-11-25T08:00:00Z",
        owner: "ml",
        "managed-by": "aura",
        team: "x",
      });
  });

  it("use a profile where IAM is out of reach", () => {
    const endpoints = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sqs", "ssm", "sts"];
    const [cpu] = synthesizeObjects(load({ network: { nat: "none", endpoints } }));
    expect(cpu?.spec).toMatchObject({ instanceProfile: "KarpenterNodeRole-aura-e1" });
    expect(cpu?.spec).not.toHaveProperty("role");
  });
});

describe("node pools", () => {
  it.each(known.regions.map((region) => [region]))("stand in the zones of %s", (region) => {
    const environment = load({ region });
    for (const object of synthesizeObjects(environment)) {
      if (object.kind !== "NodePool") continue;
      const zone = object.spec.template.spec.requirements.find(({ key }) => key === "topology.kubernetes.io/zone");
      expect(zone?.values).toEqual(environment.zones);
      expect(environment.zones.every((name) => name.startsWith(region))).toBe(true);
    }
  });

  it("follow the architecture of their families", () => {
    const pools = synthesizeObjects(load({ pools: { arm: { families: ["g5g"] } } }));
    const arch = pools
      .flatMap((one) => (one.kind === "NodePool" ? one.spec.template.spec.requirements : []))
      .find(({ key }) => key === "kubernetes.io/arch");
    expect(arch?.values).toEqual(["arm64"]);
  });

  it("take no drifted node from its jobs", () => {
    const budgets = synthesizeObjects(load({})).flatMap((one) =>
      one.kind === "NodePool" ? [one.spec.disruption.budgets] : [],
    );
    expect(budgets).toHaveLength(2);
    for (const one of budgets) expect(one).toEqual([{ nodes: "100%" }, { nodes: "0", reasons: ["Drifted"] }]);
  });

  it("of a shared cluster admit only the environment", () => {
    const environment = load({});
    const pools = sharedPools(environment, "default", { "aura.dev/run": "r-1" });
    expect(pools.map(({ metadata }) => metadata.name)).toEqual(["e1-cpu", "e1-gpu"]);
    const toleration = environmentToleration(environment);
    for (const { metadata, spec } of pools) {
      expect(metadata.labels).toMatchObject({ "app.kubernetes.io/managed-by": "aura", "aura.dev/run": "r-1" });
      expect(spec.template.metadata.labels).toEqual({ "aura.dev/environment": "e1", "aura.dev/run": "r-1" });
      expect(spec.template.spec.nodeClassRef.name).toBe("default");
      const { operator: _, ...taint } = toleration;
      expect(spec.template.spec.taints).toContainEqual(taint);
    }
    expect(pools.map(({ spec }) => spec.template.spec.taints?.length)).toEqual([1, 2]);
  });
});
