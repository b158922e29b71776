import { bucketCount, bucketOf, edgeSeconds, middles } from "./gap-grid.ts";

/** Probability, by bucket, that a gap which has lasted to the bucket's start ends within it. */
export type Hazards = Float64Array;

/**
 * Gaps counted by bucket as Kaplan and Meier do: a gap that is still open counts as survived for the buckets that it has
 * outlived, so nothing has to wait for its end. Old gaps fade by a half-life counted in gaps.
 */
export class GapCounts {
  readonly ended = new Float64Array(bucketCount);
  readonly atRisk = new Float64Array(bucketCount);
  /** What one gap weighs now: it grows, rather than all counts shrinking at each gap. */
  weight = 1;

  readonly #growth: number;

  constructor(halfLifeGaps = Number.POSITIVE_INFINITY) {
    this.#growth = 2 ** (1 / halfLifeGaps);
  }

  /** A gap that counts `weight` outlived bucket `k`. */
  survived(k: number, weight = 1): void {
    this.atRisk[k] = (this.atRisk[k] as number) + weight * this.weight;
  }

  /** The gap is over, in bucket `k` or beyond the grid: what came before weighs less from now on. */
  over(k: number, weight = 1): void {
    if (k < bucketCount) {
      this.ended[k] = (this.ended[k] as number) + weight * this.weight;
      this.survived(k, weight);
    }
    this.weight *= this.#growth ** weight;
    if (this.weight < 1e6) return;
    for (let k = 0; k < bucketCount; k += 1) {
      this.ended[k] = (this.ended[k] as number) / this.weight;
      this.atRisk[k] = (this.atRisk[k] as number) / this.weight;
    }
    this.weight = 1;
  }

  /** Draws `hazards` towards what was counted here; `strength` is how many gaps they count as themselves. */
  shrink(hazards: Hazards, strength: number): void {
    const prior = strength * this.weight;
    for (let k = 0; k < bucketCount; k += 1)
      hazards[k] = ((this.ended[k] as number) + prior * (hazards[k] as number)) / ((this.atRisk[k] as number) + prior);
  }
}

/** What a decision comes to. */
export interface Choice {
  /** How long the gap may last in all, from its start; not above `age` is a release. */
  hold: number;
  /** Expected cost from now on, in seconds of the node, of this and of a release now. */
  cost: number;
  /** Probability that the gap ends within the hold. */
  returns: number;
}

/**
 * The hold of least expected cost for a gap that has lasted `age`: `argmin E[min(G, τ) - age] + B · P(G > τ)` over the grid
 * beyond `age`, up to `longest`. Exact for hazards of any form, so it is the index rule of `policy.md` 1.2.
 */
export function bestHold(hazards: Hazards, breakEven: number, age: number, longest: number): Choice {
  const best = { hold: age, cost: breakEven, returns: 0 };
  let [alive, spent] = [1, 0];
  for (let k = bucketOf(age === 0 ? 0 : age * (1 + 1e-12)); k < bucketCount; k += 1) {
    const end = edgeSeconds[k + 1] as number;
    if (end > longest) break;
    const start = Math.max(age, edgeSeconds[k] as number);
    const within = (end - start) / (end - (edgeSeconds[k] as number));
    const ends = alive * (hazards[k] as number) * within;
    spent += ends * (Math.max(start, middles[k] as number) - age);
    alive -= ends;
    const cost = spent + alive * (end - age + breakEven);
    if (cost < best.cost) {
      best.hold = end;
      best.cost = cost;
      best.returns = 1 - alive;
    }
  }
  return best;
}
