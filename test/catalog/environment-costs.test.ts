import { describe, expect, test } from "vitest";

import {
  environmentCharges,
  environmentEstimates,
  environmentSteps,
  fixedUsdPerHour,
} from "../../src/catalog/environment-costs.ts";
import { sourceText } from "../../src/catalog/source.ts";

function total(charges: readonly { readonly usdPerHour: number }[]): number {
  return charges.reduce((sum, { usdPerHour }) => sum + usdPerHour, 0);
}

describe("environment charges", () => {
  test("are 0.3164 USD an hour by default", () => {
    const charges = environmentCharges({ region: "us-east-1" });
    expect(charges.map(({ name, usdPerHour }) => [name, usdPerHour])).toEqual([
      ["EKS control plane", 0.1],
      ["NAT gateway", 0.045],
      ["public IPv4 address", 0.005],
      ["2 × system node t3.large", 0.1664],
    ]);
    expect(total(charges)).toBeCloseTo(0.3164, 10);
    expect(charges.every(({ source }) => !source.estimate)).toBe(true);
  });

  test("count NAT gateways and system nodes", () => {
    const charges = environmentCharges({
      region: "us-east-1",
      natGateways: 3,
      systemNodes: { instanceType: "m7i.large", count: 1 },
    });
    const { controlPlane, natGateway, publicIpv4 } = fixedUsdPerHour;
    expect(total(charges)).toBeCloseTo(controlPlane + 3 * (natGateway + publicIpv4) + 0.1008, 10);
    expect(charges.map(({ name }) => name)).toContain("3 × NAT gateway");
  });

  test("leave out what is not there", () => {
    const charges = environmentCharges({
      region: "us-east-1",
      natGateways: 0,
      systemNodes: { instanceType: "m7i.large", count: 0 },
    });
    expect(charges.map(({ name }) => name)).toEqual(["EKS control plane"]);
  });

  test("mark a regional NAT price as estimate", () => {
    const charges = environmentCharges({ region: "eu-central-1" });
    const nat = charges.find(({ name }) => name === "NAT gateway");
    expect(nat?.usdPerHour).toBeCloseTo(0.045 * 1.2502, 6);
    expect(nat?.source.estimate).toBe(true);
    expect(charges[0]).toMatchObject({ usdPerHour: 0.1, source: { estimate: false } });
  });
});

describe("environment estimates", () => {
  test("destroy in the reverse order of deploy", () => {
    const names = (phase: string) =>
      environmentEstimates()
        .filter((one) => one.phase === phase)
        .map(({ name }) => name);
    expect(names("deploy")).toEqual(["VPC", "EKS control plane", "system node group", "Karpenter"]);
    expect(names("destroy")).toEqual(names("deploy").toReversed());
  });

  test("expect 8 to 20 minutes each way", () => {
    for (const phase of ["deploy", "destroy"]) {
      const own = environmentEstimates().filter((one) => one.phase === phase);
      const seconds = own.reduce((sum, one) => sum + one.seconds, 0);
      expect(seconds).toBeGreaterThan(8 * 60);
      expect(seconds).toBeLessThan(20 * 60);
    }
  });

  test("name their source as an estimate", () => {
    for (const { source } of environmentSteps) expect(sourceText(source)).toMatch(/^estimate: .+, \d{4}-\d\d-\d\d$/);
  });
});
