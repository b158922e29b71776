import { delay, horizonFor } from "./delay.ts";
import { type ExpertWeights, expertWeights } from "./expert-weights.ts";
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

/** Forecasters weighed by what each would have cost (not by how far off it was), for each level and horizon by itself. */
export function mixture(experts: readonly Forecaster[], options: MixtureOptions = {}): Forecaster {
  const { learning = 0.1, share = 0.005, horizons = [1], cost = pinball } = options;
  const [width, many] = [levels.length, experts.length];
  const weights = expertWeights({ experts: many, places: horizons.length * width, learning, share });
  const waiting = delay(horizons, width * many);
  const own = delay(horizons, width);
  const memory = {
    bin: 0,
    said: new Float64Array(waiting.size).fill(Number.NaN),
    mixed: new Float64Array(own.size).fill(Number.NaN),
  };
  const { said, mixed } = memory;
  const costs = new Float64Array(many);

  const learn = (index: number, demand: number) => {
    const row = waiting.rowOf(index, memory.bin);
    for (let level = 0; level < width; level += 1) {
      for (let expert = 0; expert < many; expert += 1) {
        costs[expert] = cost(said[row + level * many + expert] as number, demand, levels[level] as number);
      }
      weights.learn(index * width + level, costs);
    }
  };
  const say = (index: number) => {
    const row = waiting.rowOf(index, memory.bin);
    const ownRow = own.rowOf(index, memory.bin);
    for (let level = 0; level < width; level += 1) {
      const from = row + level * many;
      for (let expert = 0; expert < many; expert += 1) {
        said[from + expert] = (experts[expert] as Forecaster).quantile(levels[level] as number, horizons[index]);
      }
      mixed[ownRow + level] = weights.mean(index * width + level, said, from);
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
    evidence: () => leader(experts, weights),
    ...saveable(`mixture/${horizons.join("-")}`, 1, memory, [weights, ...experts]),
  };
}

/** `p · (d − b)` for each unit short, `(1 − p) · (b − d)` for each too many. */
export const pinball = (bound: number, demand: number, level: number): number =>
  demand > bound ? level * (demand - bound) : (1 - level) * (bound - demand);

/** Who weighs most at 95 % one horizon ahead, and what it has to say. */
function leader(experts: readonly Forecaster[], weights: ExpertWeights): string | undefined {
  const place = levels.indexOf(0.95);
  const [first, ...others] = experts.map((expert, index) => ({ expert, weight: weights.of(place, index) }));
  if (first === undefined) return undefined;
  const best = others.reduce((most, each) => (each.weight > most.weight ? each : most), first);
  const words = `${best.expert.name} weighs ${(100 * best.weight).toFixed(0)} %`;
  const said = best.expert.evidence?.();
  return said === undefined ? words : `${words}: ${said}`;
}
