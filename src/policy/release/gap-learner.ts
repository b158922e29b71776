import { MeasuredCosts } from "../costs.ts";
import type { PoolEvent, PoolView } from "../pool.ts";
import { type Expert, experts } from "./experts.ts";
import {
  type GapContext,
  GapEstimator,
  type PoolKnowledge,
  poolKnowledge,
  type SharedKnowledge,
  sharedKnowledge,
} from "./gap-context.ts";
import { edgeSeconds } from "./gap-grid.ts";
import type { Vacancy } from "./gap-ledger.ts";
import { GapWatch } from "./gap-watch.ts";
import type { HazardModel } from "./hazard-model.ts";

/** Gaps for which the plain expert decides once the others have become worse. */
const probationGaps = 100;

/** All that is learned from gaps: what they have in common, and which expert knows them best. */
export class GapLearner {
  readonly costs = new MeasuredCosts();
  readonly pools = new Map<string, PoolKnowledge>();
  readonly among: readonly Expert[];
  readonly shared: SharedKnowledge;
  readonly estimator: GapEstimator;
  readonly watch: GapWatch<GapContext>;
  readonly #losses: Float64Array;

  constructor(model: HazardModel | undefined) {
    this.among = experts.filter(({ trained }) => model !== undefined || !trained);
    this.shared = sharedKnowledge(this.among.length);
    this.estimator = new GapEstimator(this.among, model, this.shared);
    this.#losses = new Float64Array(this.among.length + 1);
    this.watch = new GapWatch<GapContext>({
      begun: (start, key) => {
        const breakEven = this.costs.breakEvenSeconds(start.pool);
        return this.estimator.begun(start, this.knowledgeOf(key), breakEven);
      },
      outlived: (vacancy, bucket) => this.#outlived(vacancy, bucket),
      ended: ({ context }, seconds, bucket) => {
        for (const counts of context.counts) counts.over(bucket, context.weight);
        this.#settle(context, seconds);
      },
    });
  }

  observe(pool: PoolView, event: PoolEvent): void {
    this.costs.observe(pool, event);
    this.watch.observe(pool, event);
  }

  /** By the pool's key; made when it is asked for first. */
  knowledgeOf(key: string): PoolKnowledge {
    const found = this.pools.get(key);
    if (found !== undefined) return found;
    const made = poolKnowledge(this.among.length);
    this.pools.set(key, made);
    return made;
  }

  #outlived({ context }: Vacancy<GapContext>, bucket: number): void {
    for (const counts of context.counts) counts.survived(bucket, context.weight);
    const end = edgeSeconds[bucket + 1] as number;
    if (!context.settled && end >= context.breakEven && context.holds.every((hold) => hold <= end))
      this.#settle(context, Number.POSITIVE_INFINITY);
  }

  /** Charges all experts at once what the gap cost them beyond the optimum, as soon as that is known. */
  #settle(context: GapContext, seconds: number): void {
    if (context.settled) return;
    context.settled = true;
    const { breakEven, holds, pool, weight } = context;
    const least = Math.min(seconds, breakEven);
    for (let arm = 0; arm < holds.length; arm += 1) {
      const hold = holds[arm] as number;
      this.#losses[arm] = ((seconds <= hold ? seconds : hold + breakEven) - least) / breakEven;
    }
    pool.losses.add(this.#losses, weight);
    this.shared.losses.add(this.#losses, weight);
    this.#compare(context);
  }

  /** Lets the plain expert decide for a while where what was chosen has become worse than it. */
  #compare({ pool, weight }: GapContext): void {
    if (pool.probation > 0) {
      pool.probation = Math.max(0, pool.probation - weight);
      return;
    }
    pool.change.observe(this.#losses.at(-1) as number, this.#losses[0] as number, weight);
    if (!pool.change.tripped) return;
    pool.change.reset();
    pool.probation = probationGaps;
  }
}
