import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Offering } from "../../src/catalog/instance-type.ts";
import { families, instanceTypes } from "../../src/catalog/instance-types.ts";
import { defaultZones, offerings, regions } from "../../src/catalog/offerings.ts";

function offered(region: string, family: string): readonly Offering[] {
  return offerings({ region, zones: [`${region}a`], families: [family] });
}

function priceOf(region: string, type: string, capacityType: string): Offering | undefined {
  const family = type.split(".")[0] ?? "";
  return offered(region, family).find(
    (offering) => offering.instanceType.name === type && offering.capacityType === capacityType,
  );
}

const regionNames = fc.constantFrom(...regions());

describe("on-demand prices", () => {
  test.each([
    ["us-east-1", "g4dn.xlarge", 0.526, false],
    ["us-east-1", "m5.large", 0.096, false],
    ["us-east-1", "p5.48xlarge", 55.04, false],
    ["us-east-1", "p6-b300.48xlarge", 142.416, false],
    ["us-east-2", "g5.12xlarge", 5.672, false],
    ["eu-central-1", "g5.xlarge", 1.258003, false],
    ["eu-west-2", "p3.2xlarge", 3.589074, false],
    // medians of the region: g4dn 1.1102, g5 1.1103, p3 1.1; and of one family alone
    ["ca-central-1", "m7i.large", 0.111908, true],
    ["sa-east-1", "g5.xlarge", 1.709496, true],
  ])("in %s %s costs %d", (region, type, usdPerHour, estimate) => {
    expect(priceOf(region, type, "on-demand")).toMatchObject({ usdPerHour, source: { estimate } });
  });

  // AWS's own list prices these two bare-metal sizes above the next larger ones
  const published = ["m8gb.metal-24xl", "r8gb.metal-24xl"];

  test("rise with the size at equal GPUs", () => {
    const dearer = new Set<string>();
    for (const family of families()) {
      const onDemand = offered("us-east-1", family).filter(({ capacityType }) => capacityType === "on-demand");
      for (const [index, { instanceType, usdPerHour }] of onDemand.entries()) {
        const larger = onDemand
          .slice(index + 1)
          .filter((other) => other.instanceType.gpu?.count === instanceType.gpu?.count);
        if (larger.some((other) => other.usdPerHour < usdPerHour)) dearer.add(instanceType.name);
      }
    }
    expect([...dearer]).toEqual(published);
  });

  test("exist in us-east-1 for all but p5e", () => {
    const all = offerings({ region: "us-east-1", zones: ["us-east-1a"] });
    const sold = new Set(all.map(({ instanceType }) => instanceType.name));
    expect(
      instanceTypes()
        .filter(({ name }) => !sold.has(name))
        .map(({ name }) => name),
    ).toEqual(["p5e.48xlarge"]);
  });
});

describe("spot prices", () => {
  test.each([
    ["us-east-1", "g4dn.xlarge", 0.18936, 3],
    ["us-east-1", "g5.xlarge", 0.41246, 4],
    ["us-east-1", "g6e.xlarge", 0.78162, 1],
    ["us-east-1", "p5.48xlarge", 26.4192, 4],
    ["us-east-1", "p5en.48xlarge", 22.78656, 0],
  ])("in %s %s costs %d in band %d", (region, type, usdPerHour, interruptionBand) => {
    expect(priceOf(region, type, "spot")).toMatchObject({ usdPerHour, interruptionBand, source: { estimate: true } });
  });

  test("take the family's median without a row", () => {
    expect(priceOf("us-east-1", "p5.4xlarge", "spot")).toMatchObject({
      usdPerHour: 3.3024,
      source: { name: expect.stringContaining("family's median") },
    });
  });

  test("take the region's median without a family", () => {
    expect(priceOf("us-east-1", "m8i.large", "spot")?.source.name).toContain("region's median");
  });

  test("are absent for capacity block types", () => {
    for (const type of ["p6-b200.48xlarge", "p6-b300.48xlarge"]) {
      expect(priceOf("us-east-1", type, "on-demand")).toBeDefined();
      expect(priceOf("us-east-1", type, "spot")).toBeUndefined();
    }
    expect(offered("us-east-1", "p5e")).toEqual([]);
  });

  test("are absent where spot was dearer", () => {
    expect(priceOf("ca-central-1", "p5.48xlarge", "on-demand")).toBeDefined();
    expect(priceOf("ca-central-1", "p5.48xlarge", "spot")).toBeUndefined();
  });
});

describe("regions", () => {
  test("include the large ones and know no others", () => {
    const large =
      "us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3 eu-south-1 " +
      "ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-2 sa-east-1";
    expect(regions()).toEqual(expect.arrayContaining(large.split(" ")));
    expect(regions()).not.toContain("region");
    expect(offerings({ region: "mars-north-1", zones: ["mars-north-1a"] })).toEqual([]);
  });

  test("have three zones by default", () => {
    expect(defaultZones("eu-west-1")).toEqual(["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    expect(defaultZones("ap-northeast-1")).toEqual(["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"]);
  });

  test("offer GPUs only where they are sold", () => {
    const sells = (family: string) => regions().filter((region) => offered(region, family).length > 0);
    expect(sells("g7e")).toEqual(["us-east-1"]);
    expect(sells("g6e")).toEqual(
      expect.arrayContaining(["us-east-1", "us-west-2", "eu-central-1", "eu-north-1", "ap-northeast-1"]),
    );
    expect(sells("g6e")).not.toContain("eu-west-1");
    expect(sells("p5")).toContain("ap-southeast-3");
    expect(sells("m8i")).toEqual(regions());
  });
});

describe("every offering", () => {
  test("has a price, a dated source and a zone", () => {
    fc.assert(
      fc.property(regionNames, fc.constantFrom(...families()), (region, family) => {
        const zones = defaultZones(region);
        for (const offering of offerings({ region, zones, families: [family] })) {
          expect(offering.usdPerHour).toBeGreaterThan(0);
          expect(offering.source.asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
          expect(zones).toContain(offering.zone);
          expect(offering.region).toBe(region);
          expect(offering.interruptionBand !== undefined).toBe(offering.capacityType === "spot");
          expect([undefined, 0, 1, 2, 3, 4]).toContain(offering.interruptionBand);
        }
      }),
    );
  });

  test("on spot is cheaper than on demand", () => {
    for (const region of regions()) {
      const onDemand = new Map<string, number>();
      const zones = [`${region}a`];
      for (const { instanceType, capacityType, usdPerHour } of offerings({ region, zones })) {
        if (capacityType === "on-demand") onDemand.set(instanceType.name, usdPerHour);
        else expect(usdPerHour, `${region} ${instanceType.name}`).toBeLessThan(onDemand.get(instanceType.name) ?? 0);
      }
      expect(onDemand.size, region).toBeGreaterThan(500);
    }
  });

  test("is once in each zone asked for", () => {
    fc.assert(
      fc.property(fc.subarray(["x-1a", "x-1b", "x-1c", "x-1d"]), (zones) => {
        const one = offerings({ region: "us-east-1", zones: ["x"], families: ["g5", "g5"] });
        const all = offerings({ region: "us-east-1", zones, families: ["g5"] });
        expect(one).toHaveLength(16);
        expect(all).toHaveLength(16 * zones.length);
        expect(new Set(all.map(({ zone }) => zone))).toEqual(new Set(zones));
      }),
    );
  });

  test("of an unknown family is none", () => {
    expect(offered("us-east-1", "g99")).toEqual([]);
  });
});
