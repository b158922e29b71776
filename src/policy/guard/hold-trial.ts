import * as v from "valibot";

import { ByPool } from "../by-pool.ts";
import { breakEvenSeconds } from "../costs.ts";
import { amount, ofPools, orNaN } from "../learned-state.ts";
import type { PoolCosts, PoolEvent, PoolView } from "../pool.ts";
import { edgeSeconds } from "../release/gap-grid.ts";
import { GapLedger, type Vacancy } from "../release/gap-ledger.ts";
import { restoreGaps, savedGaps, saveGaps } from "./saved-gaps.ts";

/** What each gap cost under the learned hold and under the plain one, whichever of them was acted on. */
export interface HoldTrial {
  observe(pool: PoolView, event: PoolEvent): void;
  /** What both said of the idle node at `index`, as times. */
  held(pool: PoolView, index: number, untilSeconds: Pair): void;
  save(): SavedTrial;
  restore(saved: SavedTrial): void;
}

export interface Pair {
  readonly learned: number;
  readonly plain: number;
}

/** Both holds of one gap, in seconds from its start; NaN: nobody asked. */
type Holds = {
  learned: number;
  plain: number;
  readonly usdPerSecond: number;
  readonly coldSeconds: number;
  settled: boolean;
};

const holds = v.strictObject({
  learned: orNaN,
  plain: orNaN,
  usdPerSecond: amount,
  coldSeconds: amount,
  settled: v.boolean(),
});
export const savedTrial = ofPools(savedGaps(holds));
export type SavedTrial = v.InferOutput<typeof savedTrial>;

/** Times that are closer are the same, but for rounding. */
const hair = 1e-6;

/**
 * Calls `settled` with what a gap cost in dollars, as soon as it is known: when it has outlived both holds, or has ended.
 * A gap that outlives a hold costs `coldSeconds` of the node on top of it: B by default, all that a cold start is worth.
 */
export function holdTrial(
  settled: (usd: Pair, pool: PoolView) => void,
  coldSeconds: (costs: PoolCosts) => number = breakEvenSeconds,
): HoldTrial {
  let now: PoolView | undefined;
  const settle = (vacancy: Vacancy<Holds>, seconds: number) => {
    const { context } = vacancy;
    if (context.settled || Number.isNaN(context.learned) || now === undefined) return;
    context.settled = true;
    settled({ learned: usdOf(context, context.learned, seconds), plain: usdOf(context, context.plain, seconds) }, now);
  };
  const ledgers = new ByPool(
    () =>
      new GapLedger<Holds>({
        begun: (view) => ({
          learned: Number.NaN,
          plain: Number.NaN,
          usdPerSecond: view.costs.usdPerHour / 3600,
          coldSeconds: coldSeconds(view.costs),
          settled: false,
        }),
        outlived: (vacancy, bucket) => {
          const seconds = edgeSeconds[bucket + 1] ?? Number.POSITIVE_INFINITY;
          if (seconds > Math.max(vacancy.context.learned, vacancy.context.plain)) settle(vacancy, seconds);
        },
        ended: settle,
      }),
  );
  return {
    observe: (pool, event) => {
      now = pool;
      ledgers.of(pool).observe(pool, event);
    },
    held: (pool, index, { learned, plain }) => {
      const vacancy = ledgers.of(pool).vacancyOf(pool, index);
      if (vacancy === undefined) return;
      const { context, sinceSeconds } = vacancy;
      const age = pool.nowSeconds - sinceSeconds;
      context.learned = holdAfter(context.learned, learned - sinceSeconds, age);
      context.plain = holdAfter(context.plain, plain - sinceSeconds, age);
    },
    save: () => ledgers.save((ledger) => saveGaps(ledger, savedHolds)),
    restore: (saved) => ledgers.restore(saved, (ledger, gaps) => restoreGaps(ledger, gaps, restoredHolds)),
  };
}

/** A hold that was over before now gave the node back then, whatever is said now; one that is over now may be renewed. */
const holdAfter = (before: number, said: number, age: number) => (before < age - hair ? before : Math.max(age, said));

const usdOf = ({ usdPerSecond, coldSeconds }: Holds, hold: number, gap: number) =>
  (gap <= hold ? gap : hold + coldSeconds) * usdPerSecond;

/** A hold without end is kept as one that nobody asked for. */
const savedHolds = ({ learned, plain, ...rest }: Holds) => ({
  ...rest,
  learned: Number.isFinite(learned) ? learned : null,
  plain: Number.isFinite(plain) ? plain : null,
});

const restoredHolds = ({ learned, plain, ...rest }: v.InferOutput<typeof holds>): Holds => ({
  ...rest,
  learned: learned ?? Number.NaN,
  plain: plain ?? Number.NaN,
});
