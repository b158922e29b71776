import { humanDuration, humanUsd } from "../../kernel/text.ts";
import type { Reason } from "../decision.ts";
import { offerKey, type PlacePolicy, type PlaceRequest } from "../policy.ts";
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
      const [best, ...others] = candidates(request, options.spot)
        .map((offer) => expectedCost(offer, request, options))
        .sort(
          (a, b) => a.usd - b.usd || Number(a.offer.capacityType === "spot") - Number(b.offer.capacityType === "spot"),
        );
      if (best === undefined) return undefined;
      return {
        offer: best.offer,
        ...(best.everySeconds !== undefined && { checkpointEverySeconds: best.everySeconds }),
        expectedUsd: best.billUsd,
        reason: reasonFor(best, others, request),
      };
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
