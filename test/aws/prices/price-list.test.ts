import { describe, expect, it } from "vitest";

import { askPriceList, parsePriceItem } from "../../../src/aws/prices/price-list.ts";
import { fakeClients, priceItem } from "./fake-clients.ts";

const { signal } = new AbortController();

describe("a product of the price list", () => {
  it.each<[string, string, unknown]>([
    ["a price", priceItem("g5.xlarge", { USD: "1.0060000000" }), { instanceType: "g5.xlarge", usdPerHour: 1.006 }],
    ["yuan only", priceItem("g5.xlarge", { CNY: "9.1" }), undefined],
    ["nothing to pay", priceItem("g5.xlarge", { USD: "0.0000000000" }), undefined],
    ["a price for something else", priceItem("g5.xlarge", { USD: "12" }, "Quantity"), undefined],
    ["no terms", JSON.stringify({ product: { attributes: { instanceType: "g5.xlarge" } } }), undefined],
    ["no product", JSON.stringify({ terms: {} }), undefined],
    ["broken JSON", '{"product":', undefined],
  ])("with %s is read", (_, text, expected) => {
    expect(parsePriceItem(text)).toEqual(expected);
  });
});

describe("the price list", () => {
  const filtersOf = (input: Readonly<Record<string, unknown>>) =>
    Object.fromEntries((input["Filters"] as { Field: string; Value: string }[]).map((one) => [one.Field, one.Value]));

  it("is asked for plain Linux in one region", async () => {
    const { calls, clients } = fakeClients({ GetProducts: () => ({ PriceList: [] }) });
    await askPriceList(clients.pricing, { region: "eu-west-1", instanceTypes: ["g5.xlarge", "g6.xlarge"], signal });
    expect(calls).toHaveLength(1);
    expect(filtersOf(calls[0]?.input ?? {})).toEqual({
      operatingSystem: "Linux",
      tenancy: "Shared",
      preInstalledSw: "NA",
      capacitystatus: "Used",
      marketoption: "OnDemand",
      regionCode: "eu-west-1",
      instanceType: "g5.xlarge,g6.xlarge",
    });
  });

  it("is read to its last page", async () => {
    const pages: Record<string, object> = {
      "": { PriceList: [priceItem("g5.xlarge", { USD: "1.006" })], NextToken: "2" },
      2: { PriceList: [priceItem("g5.2xlarge", { USD: "1.212" })], NextToken: "" },
    };
    const { clients } = fakeClients({ GetProducts: ({ input }) => pages[`${input["NextToken"] ?? ""}`] ?? {} });
    const prices = await askPriceList(clients.pricing, { region: "us-east-1", instanceTypes: ["g5.xlarge"], signal });
    expect([...prices]).toEqual([
      ["g5.xlarge", 1.006],
      ["g5.2xlarge", 1.212],
    ]);
  });

  it("is asked in values of 1024 characters", async () => {
    const { calls, clients } = fakeClients({ GetProducts: () => ({}) });
    const instanceTypes = Array.from({ length: 200 }, (_, index) => `m7i.size-${index}`);
    await askPriceList(clients.pricing, { region: "us-east-1", instanceTypes, signal });
    const values = calls.map(({ input }) => filtersOf(input)["instanceType"] ?? "");
    expect(Math.max(...values.map(({ length }) => length))).toBeLessThanOrEqual(1024);
    expect(values.join(",").split(",")).toEqual(instanceTypes);
    expect(calls).toHaveLength(3);
  });
});
