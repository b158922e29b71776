import { MeasuredCosts } from "../costs.ts";
import { changeDetection } from "../guard/change-detection.ts";
import type { PoolEvent, PoolView } from "../pool.ts";
import { type Expert, experts } from "./experts.ts";
import {
  type GapContext,
  gapContext,
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
  readonly watch: GapWatch<GapContext>;

  constructor(model: HazardModel | undefined) {
    this.among = experts.filter(({ trained }) => model !== undefined || !trained);
    this.shared = sharedKnowledge(this.among.length);
    this.watch = new GapWatch<GapContext>({
      begun: (start) =>
        gapContext({
          start,
          breakEven: this.costs.breakEvenSeconds(start.pool),
          among: this.among,
          model,
          pool: this.knowledgeOf(this.watch.of(start.pool).key),
          shared: this.shared,
        }),
      outlived: (vacancy, bucket) => this.#outlived(vacancy, bucket),
      ended: ({ context }, seconds, bucket) => {
        for (const counts of context.counts) counts.over(bucket);
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
    const made = poolKnowledge(this.among.length, changeDetection());
    this.pools.set(key, made);
    return made;
  }

  #outlived({ context }: Vacancy<GapContext>, bucket: number): void {
    for (const counts of context.counts) counts.survived(bucket);
    const end = edgeSeconds[bucket + 1] as number;
    if (end >= context.breakEven && context.holds.every((hold) => hold <= end)) this.#settle(context, Infinity);
  }

  /** Charges all experts at once what the gap cost them, as soon as that is known. */
  #settle(context: GapContext, seconds: number): void {
    if (context.settled) return;
    context.settled = true;
    const { breakEven, holds, pool } = context;
    const least = Math.min(seconds, breakEven);
    const losses = holds.map((hold) => ((seconds <= hold ? seconds : hold + breakEven) - least) / breakEven);
    pool.losses.add(losses);
    this.shared.losses.add(losses);
    this.#compare(pool, losses.at(-1) as number, losses[0] as number);
  }

  /** Lets the plain expert decide for a while where what was chosen has become worse than it. */
  #compare(pool: PoolKnowledge, chosen: number, plain: number): void {
    if (pool.probation > 0) {
      pool.probation -= 1;
      return;
    }
    pool.change.observe(chosen, plain);
    if (!pool.change.tripped) return;
    pool.change.reset();
    pool.probation = probationGaps;
  }
}
