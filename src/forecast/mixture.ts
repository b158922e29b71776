import { delay, horizonFor } from "./delay.ts";
import { type Forecaster, isMeasured } from "./forecaster.ts";
import { boundAt, levels, raise } from "./levels.ts";
import { saveable } from "./memory.ts";

export interface MixtureOptions {
  /** How fast weight moves to what cost less; 0.1 by default. */
  readonly learning?: number | undefined;
  /** Share of the weight that is handed out evenly after each bin, so that a forecaster can come back; 0.005 by default. */
  readonly share?: number | undefined;
  /** [1] by default. */
  readonly horizons?: readonly number[] | undefined;
  /** What it costs to have planned for `bound` at `level` when `demand` came; by default the pinball loss at that level. */
  readonly cost?: ((bound: number, demand: number, level: number) => number) | undefined;
}

/** Costing more than the best by so many usual costs is the most that counts: one spike does not decide. */
const worst = 20;
/** Share of a bin in the usual cost. */
const costShare = 0.02;
/** Forecasters with less than this part of the greatest weight are not heard: a wild bound times little is still wild. */
const heard = 0.01;

/**
 * Forecasters weighed by what each would have cost (not by how far off it was), for each level and horizon by itself: the
 * exponentially weighted average with fixed share of Herbster and Warmuth, on bounds.
 */
export function mixture(experts: readonly Forecaster[], options: MixtureOptions = {}): Forecaster {
  const { learning = 0.1, share = 0.005, horizons = [1], cost = pinball } = options;
  const [width, many] = [levels.length, experts.length];
  const waiting = delay(horizons, width * many);
  const own = delay(horizons, width);
  const memory = {
    bin: 0,
    weights: new Float64Array(horizons.length * width * many).fill(1 / many),
    usual: new Float64Array(horizons.length * width).fill(Number.NaN),
    said: new Float64Array(waiting.size).fill(Number.NaN),
    mixed: new Float64Array(own.size).fill(Number.NaN),
  };
  const { weights, usual, said, mixed } = memory;
  const costs = new Float64Array(many);

  /** Mean cost of the experts for what they said at `row`, by weight; NaN where one had nothing to say. */
  const charge = (row: number, of: number, level: number, demand: number) => {
    let mean = 0;
    for (let expert = 0; expert < many; expert += 1) {
      const each = cost(said[row + expert] as number, demand, level);
      costs[expert] = each;
      mean += (weights[of + expert] as number) * each;
    }
    return mean;
  };
  const reweigh = (of: number, scale: number) => {
    let least = costs[0] as number;
    for (let expert = 1; expert < many; expert += 1) least = Math.min(least, costs[expert] as number);
    let total = 0;
    for (let expert = 0; expert < many; expert += 1) {
      const excess = Math.min(worst, ((costs[expert] as number) - least) / scale);
      const weight = (weights[of + expert] as number) * Math.exp(-learning * excess);
      weights[of + expert] = weight;
      total += weight;
    }
    for (let expert = 0; expert < many; expert += 1) {
      weights[of + expert] = (1 - share) * ((weights[of + expert] as number) / total) + share / many;
    }
  };
  const learn = (index: number, demand: number) => {
    const row = waiting.rowOf(index, memory.bin);
    for (let level = 0; level < width; level += 1) {
      const place = index * width + level;
      const mean = charge(row + level * many, place * many, levels[level] as number, demand);
      if (Number.isNaN(mean)) continue;
      const before = usual[place] as number;
      const scale = Number.isNaN(before) ? mean : before + costShare * (Math.min(mean, worst * before + 1e-9) - before);
      usual[place] = scale;
      if (scale > 0) reweigh(place * many, scale);
    }
  };
  const mix = (from: number, of: number) => {
    let greatest = 0;
    for (let expert = 0; expert < many; expert += 1) greatest = Math.max(greatest, weights[of + expert] as number);
    let sum = 0;
    let total = 0;
    for (let expert = 0; expert < many; expert += 1) {
      const weight = weights[of + expert] as number;
      const bound = said[from + expert] as number;
      if (weight < heard * greatest || Number.isNaN(bound)) continue;
      sum += weight * bound;
      total += weight;
    }
    return total > 0 ? sum / total : Number.NaN;
  };
  const say = (index: number) => {
    const row = waiting.rowOf(index, memory.bin);
    const ownRow = own.rowOf(index, memory.bin);
    for (let level = 0; level < width; level += 1) {
      const from = row + level * many;
      for (let expert = 0; expert < many; expert += 1) {
        said[from + expert] = (experts[expert] as Forecaster).quantile(levels[level] as number, horizons[index]);
      }
      mixed[ownRow + level] = mix(from, (index * width + level) * many);
    }
    raise(mixed, ownRow);
  };

  return {
    name: "mixture",
    observe: (demand) => {
      if (isMeasured(demand)) for (let index = 0; index < horizons.length; index += 1) learn(index, demand);
      for (const expert of experts) expert.observe(demand);
      for (let index = 0; index < horizons.length; index += 1) say(index);
      memory.bin += 1;
    },
    quantile: (p, ahead = 1) =>
      memory.bin === 0 ? Number.NaN : boundAt(mixed, own.rowOf(horizonFor(horizons, ahead), memory.bin - 1), p),
    evidence: () => leader(experts, weights, width, many),
    ...saveable(`mixture/${horizons.join("-")}`, 1, memory, experts),
  };
}

/** `p · (d − b)` for each unit short, `(1 − p) · (b − d)` for each too many. */
export const pinball = (bound: number, demand: number, level: number): number =>
  demand > bound ? level * (demand - bound) : (1 - level) * (bound - demand);

/** Who weighs most at 95 % one horizon ahead, and what it has to say. */
function leader(
  experts: readonly Forecaster[],
  weights: Float64Array,
  width: number,
  many: number,
): string | undefined {
  const from = Math.min(width - 1, levels.indexOf(0.95)) * many;
  const own = weights.slice(from, from + many);
  const best = own.indexOf(Math.max(...own));
  const expert = experts[best];
  if (expert === undefined) return undefined;
  const words = `${expert.name} weighs ${(100 * (own[best] ?? 0)).toFixed(0)} %`;
  const said = expert.evidence?.();
  return said === undefined ? words : `${words}: ${said}`;
}
