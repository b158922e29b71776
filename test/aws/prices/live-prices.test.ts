import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type LivePricesOptions, livePrices } from "../../../src/aws/prices/live-prices.ts";
import { instanceType } from "../../../src/catalog/instance-types.ts";
import { onDemandPrice, spotPrice } from "../../../src/catalog/prices.ts";
import { type ManualClock, manualClock } from "../../../src/kernel/clocks.ts";
import { Failure } from "../../../src/kernel/failure.ts";
import { fakeClients, priceItem, sdkError } from "./fake-clients.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

let cacheDir: string;
let clock: ManualClock;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "aura-prices-"));
  clock = manualClock(Date.UTC(2026, 10, 25, 4, 10));
});
afterEach(() => rm(cacheDir, { recursive: true }));

const answers = {
  GetProducts: () => ({ PriceList: [priceItem("g5.xlarge", { USD: "1.1" }), priceItem("g5.2xlarge", { USD: "1.3" })] }),
  DescribeSpotPriceHistory: () => ({
    SpotPriceHistory: [
      { InstanceType: "g5.xlarge", AvailabilityZone: "us-east-1a", SpotPrice: "0.51", Timestamp: new Date(2) },
      { InstanceType: "g5.xlarge", AvailabilityZone: "us-east-1a", SpotPrice: "0.49", Timestamp: new Date(1) },
      { InstanceType: "g5.xlarge", AvailabilityZone: "us-east-1b", SpotPrice: "0.62", Timestamp: new Date(1) },
    ],
  }),
  DescribeInstanceTypeOfferings: () => ({
    InstanceTypeOfferings: [
      { InstanceType: "g5.xlarge", Location: "us-east-1b" },
      { InstanceType: "g5.xlarge", Location: "us-east-1a" },
      { InstanceType: "g5.2xlarge", Location: "us-east-1a" },
    ],
  }),
};
const spot = { instanceType: "g5.xlarge", capacityType: "spot", zone: "us-east-1a" } as const;
const onDemand = { ...spot, capacityType: "on-demand" } as const;
const options = (): LivePricesOptions => ({
  cacheDir,
  clock,
  families: ["g5"],
  zones: ["us-east-1a", "us-east-1b"],
});

describe("prices from AWS", () => {
  it("are those of its three answers", async () => {
    const { calls, clients } = fakeClients(answers);
    const book = await livePrices(clients, options());
    expect(book.priceOf(onDemand)).toEqual({
      usdPerHour: 1.1,
      onDemandUsdPerHour: 1.1,
      estimated: false,
      source: "AWS price list, asked 2026-11-25 04:10 UTC",
    });
    expect(book.priceOf(spot)).toEqual({
      usdPerHour: 0.51,
      onDemandUsdPerHour: 1.1,
      estimated: false,
      source: "spot price history, asked 2026-11-25 04:10 UTC",
    });
    expect(book.zonesOf("g5.xlarge")).toEqual(["us-east-1a", "us-east-1b"]);
    expect(book.zonesOf("g5.48xlarge")).toEqual([]);
    expect(book.zonesOf("p5.48xlarge")).toBeUndefined();
    expect(calls).toHaveLength(3);
  });

  it("fall back on the catalog by type", async () => {
    const book = await livePrices(fakeClients(answers).clients, options());
    const type = instanceType("g5.48xlarge");
    const catalog = type && onDemandPrice("us-east-1", type)?.usdPerHour;
    expect(book.priceOf({ ...onDemand, instanceType: "g5.48xlarge" })?.usdPerHour).toBe(catalog);
    expect(book.priceOf({ ...spot, instanceType: "g5.48xlarge" })).toMatchObject({ estimated: true });
    expect(book.priceOf({ ...spot, instanceType: "x99.large" })).toBeUndefined();
  });

  it("are asked for all types of a family", async () => {
    const { calls, clients } = fakeClients(answers);
    await livePrices(clients, { ...options(), instanceTypes: ["t3.large", "g5.xlarge"] });
    const asked = calls.find(({ operation }) => operation === "DescribeSpotPriceHistory")?.input["InstanceTypes"];
    expect(asked).toHaveLength(9);
    expect(asked).toEqual(expect.arrayContaining(["g5.48xlarge", "t3.large"]));
  });

  it("are refused where they are in yuan", async () => {
    const { calls, clients } = fakeClients(answers, "cn-north-1");
    await expect(livePrices(clients, options())).rejects.toMatchObject({ code: "USAGE", message: /CNY/ });
    expect(calls).toEqual([]);
  });
});

describe("what is kept of prices", () => {
  /** The operations that a second command asks after so long. */
  async function askedAfter(ms: number, change: Partial<LivePricesOptions> = {}): Promise<string[]> {
    await livePrices(fakeClients(answers).clients, options());
    await clock.advance(ms);
    const { calls, clients } = fakeClients(answers);
    await livePrices(clients, { ...options(), ...change });
    return calls.map(({ operation }) => operation).sort();
  }

  it.each<[string, number, string[]]>([
    ["14 minutes", 14 * minuteMs, []],
    ["15 minutes", 15 * minuteMs, ["DescribeSpotPriceHistory"]],
    ["a day", dayMs, ["DescribeInstanceTypeOfferings", "DescribeSpotPriceHistory"]],
    ["a week", 7 * dayMs, ["DescribeInstanceTypeOfferings", "DescribeSpotPriceHistory", "GetProducts"]],
  ])("serves until it is old, after %s", async (_, ms, asked) => {
    expect(await askedAfter(ms)).toEqual(asked);
  });

  it("asks again what a clock from the future kept", async () => {
    await livePrices(fakeClients(answers).clients, options());
    clock = manualClock(Date.UTC(2026, 10, 25, 4, 9));
    const { calls, clients } = fakeClients(answers);
    await livePrices(clients, options());
    expect(calls).toHaveLength(3);
  });

  it("does not serve other zones or types", async () => {
    expect(await askedAfter(1, { zones: ["us-east-1a"] })).toEqual([]);
    expect(await askedAfter(1, { zones: ["us-east-1c"] })).toHaveLength(2);
    expect(await askedAfter(1, { families: ["g5", "g6"] })).toHaveLength(3);
  });

  it("serves with its age when AWS refuses", async () => {
    await livePrices(fakeClients(answers).clients, options());
    await clock.advance(40 * dayMs);
    const denied = () => Promise.reject(new Failure("AWS_DENIED", "arn:aws:iam::123456789012:user/x may not"));
    const { clients } = fakeClients({ ...answers, GetProducts: denied });
    const book = await livePrices(clients, options());
    expect(book.priceOf(onDemand)?.source).toBe("AWS price list, asked 2026-11-25 04:10 UTC");
    const told = book.describe(clock.now()).join("\n");
    expect(told).toContain(
      "asked 2026-11-25 04:10 UTC (40 days old); the credentials do not allow pricing:GetProducts",
    );
    expect(told).not.toContain("123456789012");
  });

  it.each(['{"g5.xlarge us-east-1a": 7}', '{"g5.xlarge us-east-1a":{"at":1e15,"value":-1}}', "{", ""])(
    "is mended when its file is broken: %j",
    async (text) => {
      await writeFile(join(cacheDir, "us-east-1-spot.json"), text);
      const book = await livePrices(fakeClients(answers).clients, options());
      expect(book.priceOf(spot)?.usdPerHour).toBe(0.51);
      expect(await readdir(cacheDir)).toEqual([
        "us-east-1-offerings.json",
        "us-east-1-on-demand.json",
        "us-east-1-spot.json",
      ]);
    },
  );
});

describe("without an answer of AWS", () => {
  const refuse = (error: unknown) => () => Promise.reject(error);
  const all = (answer: () => Promise<never>) => ({
    GetProducts: answer,
    DescribeSpotPriceHistory: answer,
    DescribeInstanceTypeOfferings: answer,
  });

  it.each<[string, unknown, string]>([
    ["no credentials", new Failure("AWS_CREDENTIALS", "none"), "there are no credentials that AWS accepts"],
    ["no network", new Failure("AWS_UNREACHABLE", "none"), "AWS does not answer"],
    ["throttling", sdkError("ThrottlingException"), "AWS refused pricing:GetProducts (ThrottlingException)"],
  ])("for %s the catalog serves", async (_, error, note) => {
    const book = await livePrices(fakeClients(all(refuse(error))).clients, options());
    const type = instanceType("g5.xlarge");
    expect(book.priceOf(spot)?.usdPerHour).toBe(type && spotPrice("us-east-1", type)?.usdPerHour);
    expect(book.sources.map(({ of, live }) => [of, live])).toEqual([
      ["on-demand", false],
      ["spot", false],
    ]);
    expect(book.sources[0]?.note).toBe(note);
    expect(book.asOf).toBe("2025-06-28");
    expect(book.zonesOf("g5.xlarge")).toBeUndefined();
    expect(book.describe(clock.now())[1]).toMatch(/^spot: estimate: .*2025-06-28 \(\d+ days old\); /);
  });

  it("the wait is bounded", async () => {
    const silent = fakeClients(all(() => new Promise<never>(() => {})));
    const waiting = livePrices(silent.clients, { ...options(), timeoutMs: 5000 });
    await vi.waitFor(() => expect(silent.calls).toHaveLength(3));
    await clock.advance(5000);
    expect((await waiting).sources[0]?.note).toBe("AWS did not answer pricing:GetProducts within 5 s");
  });

  it("an interrupted command stops", async () => {
    const controller = new AbortController();
    const silent = fakeClients(all(() => new Promise<never>(() => {})));
    const waiting = livePrices(silent.clients, { ...options(), signal: controller.signal });
    await vi.waitFor(() => expect(silent.calls).toHaveLength(3));
    controller.abort(new Failure("INTERRUPTED", "stopped"));
    await expect(waiting).rejects.toMatchObject({ code: "INTERRUPTED" });
  });

  it("a bug is not taken for one", async () => {
    const { clients } = fakeClients({ ...answers, GetProducts: refuse(new TypeError("bug")) });
    await expect(livePrices(clients, options())).rejects.toThrow("bug");
  });
});
