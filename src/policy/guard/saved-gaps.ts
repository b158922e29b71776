import * as v from "valibot";

import { amount, count, finite } from "../learned-state.ts";
import { bucketCount } from "../release/gap-grid.ts";
import type { GapLedger, Vacancy } from "../release/gap-ledger.ts";

/** Open gaps of a pool that are worth keeping: the newest, which end first. */
const keptGaps = 64;

const gap = <S>(context: v.GenericSchema<unknown, S>) =>
  v.strictObject({
    since: finite,
    level: count,
    user: v.string(),
    weight: v.pipe(amount, v.maxValue(1)),
    outlived: v.pipe(count, v.maxValue(bucketCount)),
    context,
  });

/** Demand and open gaps of one pool. */
export const savedGaps = <S>(context: v.GenericSchema<unknown, S>) =>
  v.strictObject({ demand: amount, gaps: v.array(gap(context)) });

export interface SavedGaps<S> {
  demand: number;
  gaps: { since: number; level: number; user: string; weight: number; outlived: number; context: S }[];
}

export function saveGaps<C, S>(ledger: GapLedger<C>, saved: (context: C) => S): SavedGaps<S> {
  const gaps = ledger.vacancies
    .slice(-keptGaps)
    .map(({ sinceSeconds: since, level, user, weight, outlived, context }) => ({
      since,
      level,
      user,
      weight,
      outlived,
      context: saved(context),
    }));
  return { demand: ledger.demand, gaps };
}

export function restoreGaps<C, S>(ledger: GapLedger<C>, saved: SavedGaps<S>, restored: (context: S) => C): void {
  const vacancies = saved.gaps.map(
    ({ since: sinceSeconds, level, user, weight, outlived, context }): Vacancy<C> => ({
      sinceSeconds,
      level,
      user,
      weight,
      outlived,
      context: restored(context),
    }),
  );
  ledger.restore(saved.demand, vacancies);
}
