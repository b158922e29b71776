import { breakEvenSeconds } from "../costs.ts";
import type { PoolCosts, PoolEvent, PoolView } from "../pool.ts";
import { edgeSeconds } from "../release/gap-grid.ts";
import { GapLedger, type Vacancy } from "../release/gap-ledger.ts";

/** What each gap cost under the learned hold and under the plain one, whichever of them was acted on. */
export interface HoldTrial {
  observe(pool: PoolView, event: PoolEvent): void;
  /** What both said of the idle node at `index`, as times. */
  held(pool: PoolView, index: number, untilSeconds: Pair): void;
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

/**
 * Calls `settled` with what a gap cost in dollars, as soon as it is known: when it has outlived both holds, or has ended.
 * A gap that outlives a hold costs `coldSeconds` of the node on top of it: B by default, all that a cold start is worth.
 */
export function holdTrial(
  settled: (usd: Pair, pool: PoolView) => void,
  coldSeconds: (costs: PoolCosts) => number = breakEvenSeconds,
): HoldTrial {
  const ledgers: GapLedger<Holds>[] = [];
  let now: PoolView | undefined;
  const settle = (vacancy: Vacancy<Holds>, seconds: number) => {
    const { context } = vacancy;
    if (context.settled || Number.isNaN(context.learned) || now === undefined) return;
    context.settled = true;
    settled({ learned: usdOf(context, context.learned, seconds), plain: usdOf(context, context.plain, seconds) }, now);
  };
  const ledgerOf = (pool: PoolView) => {
    ledgers[pool.id] ??= new GapLedger<Holds>({
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
    });
    return ledgers[pool.id] as GapLedger<Holds>;
  };
  return {
    observe: (pool, event) => {
      now = pool;
      ledgerOf(pool).observe(pool, event);
    },
    held: (pool, index, { learned, plain }) => {
      const vacancy = ledgerOf(pool).vacancyOf(pool, index);
      if (vacancy === undefined) return;
      vacancy.context.learned = Math.max(pool.nowSeconds, learned) - vacancy.sinceSeconds;
      vacancy.context.plain = Math.max(pool.nowSeconds, plain) - vacancy.sinceSeconds;
    },
  };
}

const usdOf = ({ usdPerSecond, coldSeconds }: Holds, hold: number, gap: number) =>
  (gap <= hold ? gap : hold + coldSeconds) * usdPerSecond;
