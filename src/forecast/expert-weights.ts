import type { Saveable } from "./forecaster.ts";
import { saveable } from "./memory.ts";

export interface ExpertWeightsOptions {
  readonly experts: number;
  /** Each has weights of its own. */
  readonly places: number;
  /** How fast weight moves to what cost less. */
  readonly learning: number;
  /** Share of the weight that is handed out evenly after each round, so that an expert can come back. */
  readonly share: number;
}

/** Weights by realised cost: the exponentially weighted average with fixed share of Herbster and Warmuth. */
export interface ExpertWeights extends Saveable {
  /** What each expert cost at this place, in the first of `costs`. NaN: one had nothing to say, and nothing is learned. */
  learn(place: number, costs: Float64Array): void;
  /** The weighted mean of what the experts say, which starts at `from`; NaN: none of them says anything. */
  mean(place: number, said: Float64Array, from: number): number;
  /** Of one expert at one place. */
  of(place: number, expert: number): number;
}

/** Costing more than the best by so many usual costs is the most that counts: one spike does not decide. */
const worst = 20;
/** Share of a round in the usual cost. */
const costShare = 0.02;
/** Experts with less than this part of the greatest weight are not heard: a wild bound times little is still wild. */
const heard = 0.01;

export function expertWeights({ experts, places, learning, share }: ExpertWeightsOptions): ExpertWeights {
  const memory = {
    weights: new Float64Array(places * experts).fill(1 / experts),
    usual: new Float64Array(places).fill(Number.NaN),
  };
  const { weights, usual } = memory;
  const usualAfter = (place: number, costs: Float64Array) => {
    let mean = 0;
    for (let expert = 0; expert < experts; expert += 1) {
      mean += (weights[place * experts + expert] as number) * (costs[expert] as number);
    }
    const before = usual[place] as number;
    return Number.isNaN(before) ? mean : before + costShare * (Math.min(mean, worst * before + 1e-9) - before);
  };
  const reweigh = (from: number, costs: Float64Array, scale: number) => {
    let least = costs[0] as number;
    for (let expert = 1; expert < experts; expert += 1) least = Math.min(least, costs[expert] as number);
    let total = 0;
    for (let expert = 0; expert < experts; expert += 1) {
      const excess = Math.min(worst, ((costs[expert] as number) - least) / scale);
      const weight = (weights[from + expert] as number) * Math.exp(-learning * excess);
      weights[from + expert] = weight;
      total += weight;
    }
    for (let at = from; at < from + experts; at += 1) {
      weights[at] = (1 - share) * ((weights[at] as number) / total) + share / experts;
    }
  };
  return {
    learn: (place, costs) => {
      const scale = usualAfter(place, costs);
      if (Number.isNaN(scale)) return;
      usual[place] = scale;
      if (scale > 0) reweigh(place * experts, costs, scale);
    },
    mean: (place, said, from) => {
      const own = place * experts;
      let greatest = 0;
      for (let at = own; at < own + experts; at += 1) greatest = Math.max(greatest, weights[at] as number);
      let sum = 0;
      let total = 0;
      for (let expert = 0; expert < experts; expert += 1) {
        const weight = weights[own + expert] as number;
        const bound = said[from + expert] as number;
        if (weight < heard * greatest || Number.isNaN(bound)) continue;
        sum += weight * bound;
        total += weight;
      }
      return total > 0 ? sum / total : Number.NaN;
    },
    of: (place, expert) => weights[place * experts + expert] as number,
    ...saveable("expert-weights", 1, memory),
  };
}
