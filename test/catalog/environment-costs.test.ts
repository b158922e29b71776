import { describe, expect, test } from "vitest";

import {
  type ChargedSettings,
  chargesOnTop,
  type EnvironmentCharge,
  environmentChargesOf,
  environmentEstimates,
  environmentSteps,
  hourlyUsd,
} from "../../src/catalog/environment-costs.ts";
import { sourceText } from "../../src/catalog/source.ts";

const settings: ChargedSettings = {
  region: "us-east-1",
  zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
  network: { nat: "single", endpoints: [], flowLogs: false },
  cluster: { kms: false, systemNodes: { instanceTypes: ["t3.large"], count: 2 } },
};

function named(charges: readonly EnvironmentCharge[], name: string): number | undefined {
  return charges.find((charge) => charge.name === name)?.usdPerHour;
}

describe("environment charges", () => {
  test("are 0.3164 USD an hour by default", () => {
    const charges = environmentChargesOf(settings);
    expect(charges.map(({ name, usdPerHour }) => [name, usdPerHour])).toEqual([
      ["EKS control plane", 0.1],
      ["NAT gateway", 0.045],
      ["public IPv4 address", 0.005],
      ["2 × system node t3.large", 0.1664],
    ]);
    expect(hourlyUsd(charges)).toBeCloseTo(0.3164, 10);
    expect(charges.every(({ source }) => !source.estimate)).toBe(true);
  });

  test("count NAT gateways and endpoints by zone", () => {
    const network = { ...settings.network, nat: "per-az", endpoints: ["ecr.api", "ecr.dkr"] } as const;
    const charges = environmentChargesOf({ ...settings, network });
    expect(named(charges, "3 × NAT gateway")).toBeCloseTo(0.135, 10);
    expect(named(charges, "3 × public IPv4 address")).toBeCloseTo(0.015, 10);
    expect(named(charges, "6 × interface endpoint in a zone")).toBeCloseTo(0.06, 10);
  });

  test("leave out what is not there", () => {
    const charges = environmentChargesOf({
      ...settings,
      network: { ...settings.network, nat: "none" },
      cluster: { kms: false, systemNodes: { instanceTypes: ["m7i.large"], count: 0 } },
    });
    expect(charges.map(({ name }) => name)).toEqual(["EKS control plane"]);
  });

  test("spread a key's month over its hours", () => {
    const charges = environmentChargesOf({ ...settings, cluster: { ...settings.cluster, kms: true } });
    expect(named(charges, "KMS key")).toBeCloseTo(1 / 730, 10);
  });

  test("leave out system nodes without a price", () => {
    const systemNodes = { instanceTypes: ["x9.large", "t3.large"], count: 2 };
    const charges = environmentChargesOf({ ...settings, cluster: { kms: false, systemNodes } });
    expect(charges.some(({ name }) => name.includes("system node"))).toBe(false);
  });

  test("mark a regional network price as estimate", () => {
    const charges = environmentChargesOf({ ...settings, region: "eu-central-1" });
    const nat = charges.find(({ name }) => name === "NAT gateway");
    expect(nat?.usdPerHour).toBeCloseTo(0.045 * 1.2502, 6);
    expect(nat?.source.estimate).toBe(true);
    expect(charges[0]).toMatchObject({ usdPerHour: 0.1, source: { estimate: false } });
  });

  test("say what comes on top", () => {
    const open = { nat: "single", endpoints: [], flowLogs: true } as const;
    const closed = { nat: "none", endpoints: ["ecr.api"], flowLogs: false } as const;
    expect(chargesOnTop({ ...settings, network: open }).join("; ")).toMatch(/through NAT.*flow logs/);
    expect(chargesOnTop({ ...settings, network: closed }).join("; ")).not.toMatch(/NAT|flow logs/);
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
