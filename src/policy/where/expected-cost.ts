import type { Offering } from "../../catalog/instance-type.ts";
import type { PlaceRequest } from "../policy.ts";
import { expectedRun } from "./checkpoints.ts";
import { interruptionsPerHour } from "./interruptions.ts";

/** What offerings are like, where it was measured. */
export interface OfferFacts {
  /** Interruptions of one node per hour; default from the spot advisor's band. */
  readonly interruptionsPerHour?: (offer: Offering) => number;
  /** Probability that a launch is refused for want of capacity; default 0. */
  readonly refusalProbability?: (offer: Offering) => number;
  /** How long a refused launch waits for the next try. */
  readonly retrySeconds?: number;
}

export interface ExpectedCost {
  readonly offer: Offering;
  /** Money and the worth of waiting: what offerings are compared by. */
  readonly usd: number;
  /** Money alone. */
  readonly billUsd: number;
  readonly interruptions: number;
  readonly everySeconds?: number | undefined;
}

/** Ten equally likely run times stand for all: the middles of the tenths of the normal distribution. */
const tenths = [-1.645, -1.036, -0.674, -0.385, -0.126, 0.126, 0.385, 0.674, 1.036, 1.645];
/** The 90th percentile of the normal distribution. */
const z90 = 1.2816;

/**
 * What a job is expected to cost until it has finished on an offering: all its nodes, from launch to end, with lost work
 * and restarts at their price, and ρ times the pool's price for each second that it ends later than it could have.
 * One interrupted node stops the whole gang. Run times are log-normal through the two quantiles given.
 */
export function expectedCost(offer: Offering, request: PlaceRequest, facts: OfferFacts = {}): ExpectedCost {
  const { costs, nodes, checkpointSeconds } = request;
  const startSeconds = costs.launchSeconds + costs.loadSeconds;
  const perSecond = ((facts.interruptionsPerHour ?? interruptionsPerHour)(offer) * nodes) / 3600;
  const hazards = { perSecond, restartSeconds: startSeconds, checkpointSeconds };
  const runs = runTimes(request).map((work) => ({ work, run: expectedRun(work, hazards) }));
  const mean = (of: (each: (typeof runs)[number]) => number) =>
    runs.reduce((sum, each) => sum + of(each), 0) / runs.length;

  const interruptions = mean(({ run }) => run.interruptions);
  const refused = (facts.refusalProbability?.(offer) ?? 0) * (facts.retrySeconds ?? costs.launchSeconds);
  const billUsd =
    (nodes * offer.usdPerHour * (startSeconds + mean(({ run }) => run.seconds))) / 3600 +
    costs.restartUsd * nodes * (1 + interruptions);
  const lateSeconds = startSeconds + refused + mean(({ work, run }) => run.seconds - work);
  const waitUsd = (nodes * costs.waitingWeight * costs.usdPerHour * lateSeconds) / 3600;
  const everySeconds = expectedRun(request.expectedSeconds.p90, hazards).everySeconds;
  return { offer, usd: billUsd + waitUsd, billUsd, interruptions, everySeconds };
}

function runTimes({ expectedSeconds: { p50, p90 } }: PlaceRequest): number[] {
  const spread = Math.log(Math.max(1, p90 / Math.max(1, p50))) / z90;
  return tenths.map((z) => Math.max(1, p50) * Math.exp(spread * z));
}
