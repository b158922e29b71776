import { expect, it } from "vitest";

import { vcpuQuotaCode } from "../../../src/aws/doctor/vcpu-quotas.ts";
import { families, instanceTypes } from "../../../src/catalog/instance-types.ts";
import { spotPrice } from "../../../src/catalog/prices.ts";

const gpuFamilies = [...new Set(instanceTypes().flatMap(({ family, gpu }) => (gpu === undefined ? [] : [family])))];
const [g, p4, p5] = ["L-3819A6DF", "L-7212CCBC", "L-C4BD4855"];
const spotCodes: Readonly<Record<string, string | undefined>> = {
  ...{ g4dn: g, g5: g, g5g: g, g6: g, g6e: g, g7: g, g7e: g, gr6: g },
  ...{ p3: p4, p3dn: p4, p4d: p4, p4de: p4, p5, p5e: p5, p5en: p5, "p6-b200": undefined, "p6-b300": undefined },
};

it("names the quotas of every GPU family", () => {
  const found = Object.fromEntries(gpuFamilies.map((family) => [family, vcpuQuotaCode(family, "spot")]));
  expect(found).toEqual(spotCodes);
  for (const family of gpuFamilies)
    expect(vcpuQuotaCode(family, "on-demand"), family).toBe(family.startsWith("g") ? "L-DB2E81BA" : "L-417A185B");
});

it("knows no spot quota only of what is not sold there", () => {
  const without = instanceTypes().filter(({ family }) => vcpuQuotaCode(family, "spot") === undefined);
  expect(without.map((type) => spotPrice("us-east-1", type))).toEqual(without.map(() => undefined));
});

it("counts every other family as standard", () => {
  for (const family of families().filter((name) => !gpuFamilies.includes(name))) {
    expect(vcpuQuotaCode(family, "on-demand"), family).toBe("L-1216C47A");
    expect(vcpuQuotaCode(family, "spot"), family).toBe("L-34B43A08");
  }
});

it.each(["inf2", "trn1", "hpc7g", "mac2", "dl1", "x2idn", "f2", "vt1"])("leaves out %s", (family) => {
  expect(vcpuQuotaCode(family, "on-demand")).toBeUndefined();
});

it.each(["im4gn", "i4i", "t3", "d3", "z1d", "a1", "h1", "is4gen"])("counts %s as standard", (family) => {
  expect(vcpuQuotaCode(family, "on-demand")).toBe("L-1216C47A");
});
