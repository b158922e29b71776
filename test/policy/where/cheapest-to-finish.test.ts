import { describe, expect, test } from "vitest";
import { offerKey } from "../../../src/policy/policy.ts";
import { cheapestToFinish } from "../../../src/policy/where/cheapest-to-finish.ts";
import { expectedCost } from "../../../src/policy/where/expected-cost.ts";
import { requestFor } from "./offers.ts";

const hourly = (perHour: number) => (offer: { readonly capacityType: string }) =>
  offer.capacityType === "spot" ? perHour : 0;

describe("cheapestToFinish", () => {
  test("a job with checkpoints goes to spot and hears how often to write them", () => {
    const placed = cheapestToFinish({ spot: "checkpointed", interruptionsPerHour: hourly(0.5) }).place(requestFor());
    expect(placed?.offer.capacityType).toBe("spot");
    expect(placed?.checkpointEverySeconds).toBeGreaterThan(300);
    expect(placed?.reason.text()).toMatch(
      /^spot g5.xlarge in us-east-1a is expected to cost \$0\.\d+ for a run of about 1 h 00 min, against \$\d\.\d+ on on-demand g5.xlarge in us-east-1a, with [\d.]+ interruptions and a checkpoint every \d+ min/,
    );
  });

  test("a job without checkpoints stays on demand unless any may use spot", () => {
    const request = requestFor({ checkpointSeconds: undefined });
    const place = (spot: "never" | "checkpointed" | "any") =>
      cheapestToFinish({ spot }).place(request)?.offer.capacityType;
    expect([place("never"), place("checkpointed"), place("any")]).toEqual(["on-demand", "on-demand", "spot"]);
  });

  test("offerings that only their price tells apart are chosen as if each were worked out", () => {
    const offers = requestFor().offers.flatMap((offer, index) => [
      { ...offer, usdPerHour: 2 - 0.25 * index },
      { ...offer, zone: "us-east-1c", usdPerHour: 1.5 },
    ]);
    for (const nodes of [1, 4]) {
      const request = requestFor({ offers, nodes });
      const quick = cheapestToFinish({ spot: "never" }).place(request);
      const full = cheapestToFinish({ spot: "never", interruptionsPerHour: () => 0 }).place(request);
      expect(quick?.offer).toBe(full?.offer);
      expect(quick?.expectedUsd).toBe(full?.expectedUsd);
      expect(quick?.reason.text()).toBe(full?.reason.text());
    }
    expect(cheapestToFinish({ spot: "never" }).place(requestFor({ offers: [] }))).toBeUndefined();
  });

  test("a long run without checkpoints leaves spot for its lost work", () => {
    const policy = cheapestToFinish({ spot: "any", interruptionsPerHour: hourly(0.1) });
    const place = (p50: number) =>
      policy.place(requestFor({ checkpointSeconds: undefined, expectedSeconds: { p50, p90: p50 } }))?.offer
        .capacityType;
    expect([place(3600), place(100 * 3600)]).toEqual(["spot", "on-demand"]);
  });

  test("a gang of many nodes leaves spot before one node does", () => {
    const policy = cheapestToFinish({ spot: "any", interruptionsPerHour: hourly(0.1) });
    const place = (nodes: number) =>
      policy.place(requestFor({ checkpointSeconds: undefined, nodes }))?.offer.capacityType;
    expect([place(1), place(16)]).toEqual(["spot", "on-demand"]);
  });

  test("waiting that is dear keeps a job off interrupted nodes", () => {
    const policy = cheapestToFinish({ spot: "any", interruptionsPerHour: hourly(0.5) });
    const place = (waitingWeight: number) =>
      policy.place(requestFor({ costs: { ...requestFor().costs, waitingWeight } }))?.offer.capacityType;
    expect([place(0), place(30)]).toEqual(["spot", "on-demand"]);
  });

  test("refused offerings are left alone until their time", () => {
    const policy = cheapestToFinish({ spot: "checkpointed" });
    const request = requestFor();
    const refusedUntilSeconds = new Map(
      request.offers
        .filter(({ capacityType, zone }) => capacityType === "spot" && zone === "us-east-1a")
        .map((offer) => [offerKey(offer), 100]),
    );
    const zone = (nowSeconds: number) => policy.place({ ...request, refusedUntilSeconds, nowSeconds })?.offer.zone;
    expect([zone(99), zone(100)]).toEqual(["us-east-1b", "us-east-1a"]);
    const all = new Map(request.offers.map((offer) => [offerKey(offer), 100]));
    expect(policy.place({ ...request, refusedUntilSeconds: all })).toBeUndefined();
  });
});

describe("expectedCost", () => {
  test("an uninterrupted run costs its mean time and its launch", () => {
    const request = requestFor({ expectedSeconds: { p50: 3600, p90: 3600 }, nodes: 2 });
    const [offer] = request.offers;
    if (offer === undefined) throw new Error("the catalog has no g5.xlarge");
    const cost = expectedCost(offer, request);
    expect(cost.billUsd).toBeCloseTo((2 * offer.usdPerHour * 3900) / 3600, 9);
    expect(cost.usd - cost.billUsd).toBeCloseTo((2 * 300) / 3600, 9);
  });

  test("likely refusals and dear restarts add to the cost", () => {
    const request = requestFor();
    const [offer] = request.offers;
    if (offer === undefined) throw new Error("the catalog has no g5.xlarge");
    const plain = expectedCost(offer, request).usd;
    expect(expectedCost(offer, request, { refusalProbability: () => 0.5, retrySeconds: 600 }).usd - plain).toBeCloseTo(
      300 / 3600,
      9,
    );
    expect(expectedCost(offer, { ...request, costs: { ...request.costs, restartUsd: 2 } }).usd - plain).toBeCloseTo(
      2,
      9,
    );
  });
});
