import { type ChangeDetection, changeDetection } from "../guard/change-detection.ts";
import { ArmLosses, hedgeWeights } from "./arm-losses.ts";
import { chainHazards, chainOf, type Expert } from "./experts.ts";
import { featureNames, featuresOf, type GapStart } from "./features.ts";
import { type GapClasses, gapClasses } from "./gap-classes.ts";
import { bucketCount } from "./gap-grid.ts";
import { GapTables } from "./gap-tables.ts";
import type { HazardModel } from "./hazard-model.ts";
import { bestHold, type GapCounts, type Hazards } from "./hazards.ts";

/** Gaps after which older ones count half: a pool changes faster than what all pools have in common. */
const ownHalfLife = 300;
const sharedHalfLife = 1500;
const lossHalfLife = { own: 300, shared: 3000 } as const;

/** Beyond 4 B nothing is held: it has cost four cold starts by then. */
export const longestInBreakEvens = 4;

/** What has been learned of one pool. */
export interface PoolKnowledge {
  readonly tables: GapTables;
  readonly losses: ArmLosses;
  /** Whether what is chosen has become worse than the plain expert. */
  readonly change: ChangeDetection;
  /** Gaps for which the plain expert still decides. */
  probation: number;
  /** Tables by the classes of a gap: looked up once. */
  readonly views: Map<string, GapView>;
}

/** Tables that a gap is estimated by, expert by expert, and all of them once: it is counted in those. */
export interface GapView {
  readonly chains: readonly (readonly GapCounts[])[];
  readonly counts: readonly GapCounts[];
}

/** What has been learned of all pools together. */
export interface SharedKnowledge {
  readonly tables: GapTables;
  readonly losses: ArmLosses;
}

/** What was known of a gap as it began; its hold follows from the hazards. */
export interface GapContext {
  readonly classes: GapClasses;
  readonly hazards: Hazards;
  /** The expert that weighs most. */
  readonly leader: number;
  /** What each expert would hold, and last what was chosen. */
  readonly holds: Float64Array;
  readonly breakEven: number;
  /** What the gap counts. */
  readonly weight: number;
  readonly counts: readonly GapCounts[];
  readonly pool: PoolKnowledge;
  /** Whether it is known already what all holds have cost. */
  settled: boolean;
}

export function poolKnowledge(arms: number): PoolKnowledge {
  return {
    tables: new GapTables(ownHalfLife),
    losses: new ArmLosses(arms, lossHalfLife.own),
    change: changeDetection(),
    probation: 0,
    views: new Map(),
  };
}

export function sharedKnowledge(arms: number): SharedKnowledge {
  return { tables: new GapTables(sharedHalfLife), losses: new ArmLosses(arms, lossHalfLife.shared) };
}

/** Estimates gaps as they begin: what each expert makes of them, and the mix of all. */
export class GapEstimator {
  readonly #among: readonly Expert[];
  readonly #model: HazardModel | undefined;
  readonly #shared: SharedKnowledge;
  // What one estimate needs, made once: there is one for each gap, of which there may be millions.
  readonly #features = new Float64Array(featureNames.length);
  readonly #trained = new Float64Array(bucketCount);
  readonly #view = new Float64Array(bucketCount);
  readonly #weights: Float64Array;

  constructor(among: readonly Expert[], model: HazardModel | undefined, shared: SharedKnowledge) {
    this.#among = among;
    this.#model = model;
    this.#shared = shared;
    this.#weights = new Float64Array(among.length);
  }

  begun(start: GapStart, pool: PoolKnowledge, breakEven: number): GapContext {
    const classes = gapClasses(start.job, start.ofPool.sinceArrival(start.pool.nowSeconds));
    const { chains, counts } = this.viewOf(classes, pool);
    this.#model?.hazards(featuresOf(start, this.#features), this.#trained);
    const weights = this.#weighed(pool);
    const holds = new Float64Array(chains.length + 1);
    const hazards = new Float64Array(bucketCount);
    const longest = longestInBreakEvens * breakEven;
    for (let arm = 0; arm < chains.length; arm += 1) {
      const trained = this.#among[arm]?.trained ? this.#trained : undefined;
      const view = chainHazards(chains[arm] as readonly GapCounts[], this.#view, trained);
      holds[arm] = bestHold(view, breakEven, 0, longest).hold;
      mixIn(hazards, view, weights[arm] as number);
    }
    holds[chains.length] = bestHold(hazards, breakEven, 0, longest).hold;
    const leader = weights.indexOf(weights.reduce((most, weight) => Math.max(most, weight), 0));
    return { classes, hazards, leader, holds, breakEven, weight: start.weight, counts, pool, settled: false };
  }

  viewOf(classes: GapClasses, pool: PoolKnowledge): GapView {
    const key = `${classes.job} ${classes.activity}`;
    const found = pool.views.get(key);
    if (found !== undefined) return found;
    const chains = this.#among.map((expert) => chainOf(expert, classes, this.#shared.tables, pool.tables));
    const view = { chains, counts: [...new Set(chains.flat())] };
    pool.views.set(key, view);
    return view;
  }

  #weighed(pool: PoolKnowledge): Float64Array {
    if (pool.probation <= 0) return hedgeWeights(pool.losses, this.#shared.losses, this.#weights);
    this.#weights.fill(0);
    this.#weights[0] = 1;
    return this.#weights;
  }
}

/** Adds a view to each bucket's mean: Bayesian averaging, with what experts lost in place of their likelihood. */
function mixIn(mix: Hazards, view: Hazards, weight: number): void {
  for (let k = 0; k < bucketCount; k += 1) mix[k] = (mix[k] as number) + weight * (view[k] as number);
}
