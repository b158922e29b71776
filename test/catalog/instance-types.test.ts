import { describe, expect, test } from "vitest";

import { families, instanceType, instanceTypes } from "../../src/catalog/instance-types.ts";

/** Rows anybody can look up: vCPU, GiB, allocatable CPU, memory and pods. */
const wellKnown: readonly [string, number, number, number, number, number][] = [
  ["m5.large", 2, 8, 1930, 6903, 29],
  ["m7i.2xlarge", 8, 32, 7910, 29317, 58],
  ["c7g.medium", 1, 2, 940, 1392, 8],
  ["c5.metal", 96, 192, 95690, 173400, 737],
  ["t3.nano", 2, 0.5, 1930, 74, 4],
  ["t4g.small", 2, 2, 1930, 1359, 11],
  ["g4dn.xlarge", 4, 16, 3920, 14481, 29],
  ["g5.48xlarge", 192, 768, 191450, 723299, 345],
  ["p5.4xlarge", 16, 256, 15890, 240830, 118],
];

/** As `nvidia-smi` prints the device, with count and MiB of each. */
const devices: readonly [string, string, string, number, number][] = [
  ["g4dn.12xlarge", "t4", "Tesla T4", 4, 16384],
  ["g5.xlarge", "a10g", "NVIDIA A10G", 1, 22888],
  ["g5g.metal", "t4g", "NVIDIA T4G", 2, 16384],
  ["gr6.8xlarge", "l4", "NVIDIA L4", 1, 22888],
  ["g6e.24xlarge", "l40s", "NVIDIA L40S", 4, 45776],
  ["p3.8xlarge", "v100", "Tesla V100-SXM2-16GB", 4, 16384],
  ["p3dn.24xlarge", "v100", "Tesla V100-SXM2-32GB", 8, 32768],
  ["p4d.24xlarge", "a100", "NVIDIA A100-SXM4-40GB", 8, 40960],
  ["p4de.24xlarge", "a100", "NVIDIA A100-SXM4-80GB", 8, 81920],
  ["p5.48xlarge", "h100", "NVIDIA H100 80GB HBM3", 8, 81920],
  ["p5en.48xlarge", "h200", "NVIDIA H200", 8, 144384],
  ["p6-b200.48xlarge", "b200", "NVIDIA B200", 8, 183359],
];

/** The families that the catalog promises. */
const promised =
  "c5 c5a c6a c6g c6i c7a c7g c7i c7i-flex c8a c8g c8i c8i-flex c9g m5 m5a m6a m6g m6i m7a m7g m7i m7i-flex m8a m8g m8i " +
  "m8i-flex m9g r5 r5a r6a r6g r6i r7a r7g r7i r7iz r8a r8g r8i r8i-flex t3 t3a t4g " +
  "g4dn g5 g5g g6 g6e gr6 g7 g7e p3 p3dn p4d p4de p5 p5e p5en p6-b200 p6-b300";

describe("instance types", () => {
  test.each(wellKnown)("knows the published facts of %s", (name, vcpu, gib, cpuMillis, memoryMib, pods) => {
    expect(instanceType(name)).toMatchObject({
      vcpu,
      memoryMib: gib * 1024,
      allocatable: { cpuMillis, memoryMib, pods },
    });
  });

  test.each(devices)("names the device of %s", (type, name, product, count, memoryMib) => {
    expect(instanceType(type)?.gpu).toEqual({ name, product, count, memoryMib });
  });

  test("splits names as Karpenter labels them", () => {
    const labels = ["gr6.4xlarge", "p6-b200.48xlarge", "c7i-flex.large", "m8i.metal-48xl"].map(instanceType);
    expect(labels.map((type) => [type?.family, type?.category, type?.generation, type?.size])).toEqual([
      ["gr6", "gr", 6, "4xlarge"],
      ["p6-b200", "p", 6, "48xlarge"],
      ["c7i-flex", "c", 7, "large"],
      ["m8i", "m", 8, "metal-48xl"],
    ]);
  });

  test("has every promised family", () => {
    expect(families()).toEqual(expect.arrayContaining(promised.split(" ")));
  });

  test("knows no type it does not carry", () => {
    expect(["g6f.xlarge", "g5.huge", "", "constructor"].map(instanceType)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("marks only the derived p3 sizes", () => {
    const estimated = instanceTypes().filter(({ source }) => source.estimate);
    expect(estimated.map(({ name }) => name)).toEqual(["p3.2xlarge", "p3.8xlarge", "p3.16xlarge"]);
  });
});

describe("every instance type", () => {
  test("has one name, in its family's form", () => {
    expect(new Set(instanceTypes().map(({ name }) => name)).size).toBe(instanceTypes().length);
    for (const { name, family, size } of instanceTypes()) expect(name).toBe(`${family}.${size}`);
  });

  test("has positive whole capacities", () => {
    for (const { name, vcpu, memoryMib, networkMbps, ebsMbps, nvmeGb, generation } of instanceTypes()) {
      for (const value of [vcpu, memoryMib, networkMbps, ebsMbps, generation, nvmeGb + 1]) {
        expect(Number.isInteger(value) && value > 0, `${name}: ${value}`).toBe(true);
      }
    }
  });

  test("leaves pods less than it has", () => {
    for (const { name, vcpu, memoryMib, allocatable } of instanceTypes()) {
      expect(allocatable.cpuMillis, name).toBeLessThan(vcpu * 1000);
      expect(allocatable.memoryMib, name).toBeLessThan(memoryMib);
      expect(Math.min(allocatable.cpuMillis, allocatable.memoryMib, allocatable.pods), name).toBeGreaterThan(0);
    }
  });

  test("has GPUs exactly in g and p families", () => {
    for (const { name, category, gpu } of instanceTypes()) {
      expect(gpu !== undefined && gpu.count > 0, name).toBe(/^(g|gr|p)$/.test(category));
    }
  });

  test("gives a dated source", () => {
    for (const { name, source } of instanceTypes()) expect(source.asOf, name).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test("is shared and cannot be changed", () => {
    expect(instanceTypes()).toBe(instanceTypes());
    expect(instanceTypes().every(Object.isFrozen)).toBe(true);
  });
});
