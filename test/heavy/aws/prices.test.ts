import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { type LivePricesOptions, livePrices } from "../../../src/aws/prices/live-prices.ts";
import { instanceType, typesOfFamilies } from "../../../src/catalog/instance-types.ts";
import { onDemandPrice, spotPrice } from "../../../src/catalog/prices.ts";
import { manualClock, systemClock } from "../../../src/kernel/clocks.ts";
import { defaultFamilies } from "../../../src/spec/defaults.ts";
import { onAws } from "./aws.ts";

let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "aura-prices-"));
});
afterEach(() => rm(cacheDir, { recursive: true }));

/** Moto has one spot price for everything. */
const motoSpotUsd = 0.00001;
const zones = ["us-east-1a", "us-east-1b", "us-east-1e"];
const spot = { instanceType: "g5.xlarge", capacityType: "spot", zone: "us-east-1a" } as const;
const onDemand = { ...spot, capacityType: "on-demand" } as const;
const options = (): LivePricesOptions => ({ cacheDir, clock: systemClock(), families: ["g5"], zones });

function catalogUsd(name: string, capacity: "spot" | "on-demand"): number {
  const type = instanceType(name);
  const price = type && (capacity === "spot" ? spotPrice : onDemandPrice)("us-east-1", type);
  return price?.usdPerHour ?? Number.NaN;
}

await onAws("prices of an account", (aws) => {
  test("take spot history and offerings from moto", async () => {
    const book = await livePrices(aws().clients(), options());
    expect(book.priceOf(spot)).toMatchObject({
      usdPerHour: motoSpotUsd,
      estimated: false,
      source: /spot price history/,
    });
    expect(book.zonesOf("g5.xlarge")).toEqual(["us-east-1a", "us-east-1b"]);
    expect(book.zonesOf("g5.48xlarge")).not.toContain("us-east-1e");
    // where it is not offered moto tells no price: the catalog's estimate
    expect(book.priceOf({ ...spot, zone: "us-east-1e" })).toMatchObject({
      usdPerHour: catalogUsd("g5.xlarge", "spot"),
      estimated: true,
    });
  });

  test("take the price list from the front", async () => {
    const book = await livePrices(aws().clients(), options());
    expect(book.priceOf(onDemand)?.usdPerHour).toBeCloseTo(catalogUsd("g5.xlarge", "on-demand") * 1.01, 6);
    expect(book.sources.filter(({ live }) => live).map(({ of, source }) => [of, source])).toEqual([
      ["on-demand", "AWS price list"],
      ["spot", "spot price history"],
    ]);
  });

  test("cost three calls for a family, four for the default pools", async () => {
    await livePrices(aws().clients(), options());
    expect(aws().front.calls()).toEqual({
      "EC2:DescribeInstanceTypeOfferings": 1,
      "EC2:DescribeSpotPriceHistory": 1,
      "Pricing:GetProducts": 1,
    });
    aws().front.forget();
    const families = Object.values(defaultFamilies).flat();
    await livePrices(aws().clients(), { ...options(), families, instanceTypes: ["t3.large"] });
    const calls = Object.values(aws().front.calls()).reduce((total, count) => total + count, 0);
    console.log(`${calls} calls for ${typesOfFamilies(families).length + 1} instance types in ${zones.length} zones`);
    expect(calls).toBe(4);
  });

  test("cost no call while they are fresh", async () => {
    const clock = manualClock();
    await livePrices(aws().clients(), { ...options(), clock });
    expect(await readdir(cacheDir)).toHaveLength(3);
    aws().front.forget();
    await clock.advance(14 * 60_000);
    await livePrices(aws().clients(), { ...options(), clock });
    expect(aws().front.calls()).toEqual({});
    await clock.advance(60_000);
    await livePrices(aws().clients(), { ...options(), clock });
    expect(aws().front.calls()).toEqual({ "EC2:DescribeSpotPriceHistory": 1 });
  });

  test.each([
    ["denied", "the credentials do not allow pricing:GetProducts"],
    ["expired", "there are no credentials that AWS accepts"],
  ] as const)("fall back when AWS says %s", async (kind, note) => {
    aws().front.fault({ kind });
    const book = await livePrices(aws().clients(), options());
    expect(book.priceOf(onDemand)?.usdPerHour).toBe(catalogUsd("g5.xlarge", "on-demand"));
    expect(book.sources.every(({ live }) => !live)).toBe(true);
    expect(book.sources[0]?.note).toBe(note);
  });

  test("fall back on what is kept", async () => {
    const clock = manualClock();
    await livePrices(aws().clients(), { ...options(), clock });
    await clock.advance(31 * 24 * 3_600_000);
    aws().front.fault({ kind: "denied" });
    const book = await livePrices(aws().clients(), { ...options(), clock });
    expect(book.priceOf(spot)?.usdPerHour).toBe(motoSpotUsd);
    expect(book.describe(clock.now()).join("\n")).toMatch(/on-demand: AWS price list, asked .*\(31 days old\); the/);
  });

  test("pass over throttling", async () => {
    aws().front.fault({ kind: "throttle", service: "EC2", operation: "DescribeSpotPriceHistory", times: 2 });
    const book = await livePrices(aws().clients(), options());
    expect(book.priceOf(spot)?.usdPerHour).toBe(motoSpotUsd);
    expect(aws().front.calls()["EC2:DescribeSpotPriceHistory"]).toBe(3);
  });
});
