import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";

import type { KubeObject, NodePool } from "../../src/cluster/objects.ts";
import { parseDuration, parseQuantity } from "../../src/kernel/quantity.ts";
import type { Environment } from "../../src/spec/environment.ts";
import { parseJobs } from "../../src/spec/jobs.ts";
import { loadEnvironment } from "../../src/spec/load.ts";
import { kubernetesFiles } from "../../src/synth/bundle.ts";
import { synthesizeObjects } from "../../src/synth/kubernetes/objects.ts";
import { known } from "../spec/known.ts";
import { files } from "./environments.ts";

const load = (file: object) =>
  loadEnvironment({ path: "/x/aura.yaml", text: JSON.stringify(file), variables: {}, known });
/** As kubectl would read it. */
const kubectl = (text: string): unknown[] =>
  parseAllDocuments(text, { version: "1.1" }).map((document) => document.toJS());

describe("a bundle", () => {
  it("parses back for any environment, in any YAML", () => {
    fc.assert(
      fc.property(files, (file) => {
        const environment = load(file);
        const bundle = kubernetesFiles(environment);
        const main = bundle.get("Karpenter/main.yml") ?? "";
        const objects = JSON.parse(JSON.stringify(synthesizeObjects(environment)));
        expect(kubectl(main)).toEqual(objects);
        expect(parseAllDocuments(main).map((document) => document.toJS())).toEqual(objects);
        for (const path of ["Karpenter/app-job.yml", "Karpenter/gpu-test-job.yml"]) {
          expect(parseJobs(path, bundle.get(path) ?? "")).toHaveLength(1);
        }
      }),
      { seed: 7, numRuns: 150 },
    );
  });

  it("gives each pool back what it asked for", () => {
    fc.assert(
      fc.property(files, (file) => {
        const environment = load(file);
        const pools = synthesizeObjects(environment).filter((object) => object.kind === "NodePool");
        expect(pools.map((pool) => poolOf(pool as NodePool))).toEqual(
          environment.pools.map(({ expireAfterMs, holdMs, limits, ...pool }) => ({
            ...pool,
            limits: { ...limits, ...(limits.cpu !== undefined && { cpu: toMillis(limits.cpu) }) },
            times: [holdMs, expireAfterMs],
            zones: environment.zones,
          })),
        );
      }),
      { seed: 11, numRuns: 150 },
    );
  });

  it("is what Karpenter's own rules accept", () => {
    fc.assert(
      fc.property(files, (file) => {
        const environment = load(file);
        const objects: KubeObject[] = synthesizeObjects(environment);
        for (const pool of objects.filter((object): object is NodePool => object.kind === "NodePool")) {
          expectValidPool(pool, objects, environment);
        }
      }),
      { seed: 13, numRuns: 100 },
    );
  });
});

const toMillis = (cpu: number) => Math.round(cpu * 1000) / 1000;

/** A NodePool read back in the terms of a Pool. */
function poolOf({ metadata, spec }: NodePool): object {
  const values = (key: string) =>
    spec.template.spec.requirements.find((requirement) => requirement.key === key)?.values;
  const { cpu, memory, "nvidia.com/gpu": gpus } = spec.limits ?? {};
  return {
    name: metadata.name,
    families: values("karpenter.k8s.aws/instance-family"),
    capacityTypes: values("karpenter.sh/capacity-type"),
    architectures: values("kubernetes.io/arch"),
    gpu: spec.template.spec.taints?.[0]?.key === "nvidia.com/gpu",
    limits: {
      ...(cpu !== undefined && { cpu: toMillis(parseQuantity(cpu)) }),
      ...(memory !== undefined && { memoryMib: parseQuantity(memory) / 2 ** 20 }),
      ...(gpus !== undefined && { gpus: parseQuantity(gpus) }),
    },
    times: [
      parseDuration(spec.disruption?.consolidateAfter ?? ""),
      parseDuration(spec.template.spec.expireAfter ?? ""),
    ],
    zones: values("topology.kubernetes.io/zone"),
  };
}

// the patterns are those of Karpenter's CRDs, v1.14
function expectValidPool(pool: NodePool, objects: readonly KubeObject[], environment: Environment): void {
  const { template, disruption, weight } = pool.spec;
  const { nodeClassRef, expireAfter, terminationGracePeriod, requirements } = template.spec;
  expect(weight).toBeGreaterThanOrEqual(1);
  expect(weight).toBeLessThanOrEqual(100);
  expect(expireAfter).toMatch(/^(([0-9]+(s|m|h))+|Never)$/);
  expect(disruption?.consolidateAfter).toMatch(/^(([0-9]+(s|m|h))+|Never)$/);
  expect(terminationGracePeriod).toMatch(/^([0-9]+(s|m|h))+$/);
  for (const { operator, values } of requirements) expect([operator, values?.length]).not.toEqual(["In", 0]);
  const nodeClass = objects.find(
    ({ kind, metadata }) => kind === nodeClassRef.kind && metadata.name === nodeClassRef.name,
  );
  expect(nodeClass?.apiVersion).toBe(`${nodeClassRef.group}/v1`);
  expect(nodeClass).toMatchObject({ spec: { role: `KarpenterNodeRole-aura-${environment.name}` } });
  // IAM's limit
  expect(`KarpenterNodeRole-aura-${environment.name}`.length).toBeLessThanOrEqual(64);
}
