import type { ChangeDetection } from "../guard/change-detection.ts";
import { ArmLosses, hedgeWeights } from "./arm-losses.ts";
import { chainHazards, chainOf, type Expert } from "./experts.ts";
import { featuresOf, type GapStart } from "./features.ts";
import { type GapClasses, gapClasses } from "./gap-classes.ts";
import { bucketCount } from "./gap-grid.ts";
import { GapTables } from "./gap-tables.ts";
import type { HazardModel } from "./hazard-model.ts";
import { bestHold, type GapCounts, type Hazards } from "./hazards.ts";

/** Gaps after which older ones count half: a pool changes faster than what all pools have in common. */
const ownHalfLife = 300;
const sharedHalfLife = 1500;
const lossHalfLife = { own: 300, shared: 3000 } as const;

/** What has been learned of one pool. */
export interface PoolKnowledge {
  readonly tables: GapTables;
  readonly losses: ArmLosses;
  /** Whether what is chosen has become worse than the plain expert. */
  readonly change: ChangeDetection;
  /** Gaps for which the plain expert still decides. */
  probation: number;
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
  readonly counts: readonly GapCounts[];
  readonly pool: PoolKnowledge;
  /** Whether it is known already what all holds have cost. */
  settled: boolean;
}

/** Beyond 4 B nothing is held: it has cost four cold starts by then. */
export const longestInBreakEvens = 4;

export function poolKnowledge(arms: number, change: ChangeDetection): PoolKnowledge {
  return { tables: new GapTables(ownHalfLife), losses: new ArmLosses(arms, lossHalfLife.own), change, probation: 0 };
}

export function sharedKnowledge(arms: number): SharedKnowledge {
  return { tables: new GapTables(sharedHalfLife), losses: new ArmLosses(arms, lossHalfLife.shared) };
}

/** What each expert and the mix of all of them make of a gap that begins. */
export interface GapBeginning {
  readonly start: GapStart;
  readonly breakEven: number;
  readonly among: readonly Expert[];
  readonly model: HazardModel | undefined;
  readonly pool: PoolKnowledge;
  readonly shared: SharedKnowledge;
}

export function gapContext({ start, breakEven, among, model, pool, shared }: GapBeginning): GapContext {
  const classes = gapClasses(start.job, start.ofPool.sinceArrival(start.pool.nowSeconds));
  const chains = among.map((expert) => chainOf(expert, classes, shared.tables, pool.tables));
  const trained = model?.hazards(featuresOf(start), new Float64Array(bucketCount));
  const views = chains.map((chain, arm) => chainHazards(chain, among[arm]?.trained ? trained : undefined));
  const weights = pool.probation > 0 ? onlyPlain(among.length) : hedgeWeights(pool.losses, shared.losses);
  const hazards = mixed(views, weights);
  const longest = longestInBreakEvens * breakEven;
  return {
    classes,
    hazards,
    leader: weights.indexOf(Math.max(...weights)),
    holds: Float64Array.from([...views, hazards], (view) => bestHold(view, breakEven, 0, longest).hold),
    breakEven,
    counts: [...new Set(chains.flat())],
    pool,
    settled: false,
  };
}

const onlyPlain = (arms: number) => Float64Array.from({ length: arms }, (_, arm) => (arm === 0 ? 1 : 0));

/** Each bucket's mean: Bayesian averaging, with what experts lost in place of their likelihood. */
function mixed(views: readonly Hazards[], weights: Float64Array): Hazards {
  const mix = new Float64Array(bucketCount);
  for (const [arm, view] of views.entries()) {
    const weight = weights[arm] as number;
    if (weight < 1e-3) continue;
    for (let k = 0; k < bucketCount; k += 1) mix[k] = (mix[k] as number) + weight * (view[k] as number);
  }
  return mix;
}
