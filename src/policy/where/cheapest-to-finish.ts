import type { Offering } from "../../catalog/instance-type.ts";
import { humanDuration, humanUsd } from "../../kernel/text.ts";
import type { Reason } from "../decision.ts";
import { offerKey, type Placement, type PlacePolicy, type PlaceRequest } from "../policy.ts";
import { type ExpectedCost, expectedCost, type OfferFacts } from "./expected-cost.ts";

/** `checkpointed`: spot for jobs that write checkpoints; `any`: for all, where it is expected to cost less. */
export type SpotUse = "never" | "checkpointed" | "any";

export interface PlaceOptions extends OfferFacts {
  readonly spot: SpotUse;
}

/** Launches from the offering that the job is expected to finish cheapest on. */
export function cheapestToFinish(options: PlaceOptions): PlacePolicy {
  return {
    name: "cheapest-to-finish",
    place: (request) => {
      const offers = candidates(request, options.spot);
      return isByPrice(offers, options) ? cheapestByHour(offers, request, options) : cheapest(offers, request, options);
    },
  };
}

function cheapest(offers: readonly Offering[], request: PlaceRequest, facts: OfferFacts): Placement | undefined {
  const [best, ...others] = offers
    .map((offer) => expectedCost(offer, request, facts))
    .sort((a, b) => a.usd - b.usd || Number(a.offer.capacityType === "spot") - Number(b.offer.capacityType === "spot"));
  if (best === undefined) return undefined;
  return {
    offer: best.offer,
    ...(best.everySeconds !== undefined && { checkpointEverySeconds: best.everySeconds }),
    expectedUsd: best.billUsd,
    reason: reasonFor(best, others, request),
  };
}

/** Whether nothing but their hourly price tells these offerings apart: none is interrupted, or more likely refused. */
function isByPrice(offers: readonly Offering[], facts: OfferFacts): boolean {
  const isMeasured = facts.interruptionsPerHour !== undefined || facts.refusalProbability !== undefined;
  return !isMeasured && offers.every(({ capacityType }) => capacityType !== "spot");
}

/** The same without working out what each costs, unless somebody asks: a large simulation launches often. */
function cheapestByHour(offers: readonly Offering[], request: PlaceRequest, facts: OfferFacts): Placement | undefined {
  const [first] = offers;
  if (first === undefined) return undefined;
  const offer = offers.reduce((best, each) => (each.usdPerHour < best.usdPerHour ? each : best), first);
  const others = () => offers.filter((each) => each !== offer).sort((a, b) => a.usdPerHour - b.usdPerHour);
  const cost = (of: Offering) => expectedCost(of, request, facts);
  return {
    offer,
    get expectedUsd() {
      return cost(offer).billUsd;
    },
    reason: {
      code: "place-on-demand",
      text: () => reasonFor(cost(offer), others().map(cost), request).text(),
    },
  };
}

function candidates(request: PlaceRequest, spot: SpotUse) {
  const spotAllowed = spot === "any" || (spot === "checkpointed" && request.checkpointSeconds !== undefined);
  return request.offers.filter(
    (offer) =>
      (spotAllowed || offer.capacityType !== "spot") &&
      (request.refusedUntilSeconds.get(offerKey(offer)) ?? Number.NEGATIVE_INFINITY) <= request.nowSeconds,
  );
}

function reasonFor(best: ExpectedCost, others: readonly ExpectedCost[], request: PlaceRequest): Reason {
  const { capacityType } = best.offer;
  return {
    code: capacityType === "spot" ? "place-spot" : "place-on-demand",
    text: () => {
      const other = others.find(({ offer }) => offer.capacityType !== capacityType) ?? others[0];
      return [`${told(best)} for a run of about ${humanDuration(request.expectedSeconds.p50 * 1000)}`]
        .concat(other === undefined ? [] : [`against ${humanUsd(other.billUsd)} on ${named(other)}`])
        .concat(capacityType === "spot" ? [interruptionsOf(best)] : [])
        .join(", ");
    },
  };
}

const named = ({ offer: { instanceType, capacityType, zone } }: ExpectedCost) =>
  `${capacityType} ${instanceType.name} in ${zone}`;

const told = (cost: ExpectedCost) => `${named(cost)} is expected to cost ${humanUsd(cost.billUsd)}`;

function interruptionsOf({ interruptions, everySeconds }: ExpectedCost): string {
  const often = `with ${interruptions.toFixed(interruptions < 0.095 ? 3 : 1)} interruptions`;
  return everySeconds === undefined ? often : `${often} and a checkpoint every ${humanDuration(everySeconds * 1000)}`;
}
