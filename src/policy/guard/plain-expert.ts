import * as v from "valibot";

import { ByPool } from "../by-pool.ts";
import { breakEvenSeconds } from "../costs.ts";
import { amount, checkedState, ofPools } from "../learned-state.ts";
import type { LearnedState, ReleasePolicy } from "../policy.ts";
import { idleSince } from "../release/fixed-hold.ts";
import { bucketCount } from "../release/gap-grid.ts";
import { GapLedger } from "../release/gap-ledger.ts";
import { GapTables } from "../release/gap-tables.ts";
import { bestHold, type GapCounts } from "../release/hazards.ts";
import { percentText, spanText } from "../release/reasons.ts";
import { restoreGaps, savedGaps, saveGaps } from "./saved-gaps.ts";

/** Gaps after which old ones of a pool weigh half. */
const halfLifeGaps = 300;
/** How many gaps what is known of all pools counts as in one of them. */
const strength = 20;
/** Before anything was seen, as the learned policy has it. */
const priorHazard = 0.03;
/** No hold is longer, in times B. */
const longestInBreakEvens = 4;
/** Of the one table of gaps that a pool has. */
const every = "all";

const kind = { policy: "follow-the-leader", version: 1, of: "the plain expert" };
/** Ended and at risk by turns: nothing ends that was not at risk. */
const tables = v.record(
  v.string(),
  v.pipe(
    v.array(amount),
    v.check(
      (counts) =>
        counts.length % 2 === 0 &&
        counts.length <= 2 * bucketCount &&
        counts.every((value, at) => at % 2 === 1 || value <= (counts[at + 1] ?? -1)),
      "counts of gaps that do not add up",
    ),
  ),
);
const saved = v.strictObject({
  shared: tables,
  pools: ofPools(v.strictObject({ tables, open: savedGaps(v.null()) })),
});

interface Counted {
  readonly ledger: GapLedger<undefined>;
  readonly tables: GapTables;
}

/**
 * Follow the leader (`policy.md` 1.7): holds for what would have cost least on the gaps of this pool so far, shrunk towards
 * those of all pools. It looks at nothing else, which is why it is what the guard falls back to.
 */
export function plainExpert(): ReleasePolicy {
  const shared = new GapTables(halfLifeGaps * 10);
  const pools = new ByPool((): Counted => {
    const own = new GapTables(halfLifeGaps);
    return { ledger: ledgerInto(() => [shared.of(every), own.of(every)]), tables: own };
  });
  const hazards = new Float64Array(bucketCount);
  return {
    name: "follow-the-leader",
    observe: (pool, event) => pools.of(pool).ledger.observe(pool, event),
    hold: (pool, index) => {
      const { ledger, tables: own } = pools.of(pool);
      const breakEven = breakEvenSeconds(pool.costs);
      const since = ledger.vacancyOf(pool, index)?.sinceSeconds ?? idleSince(pool, index);
      hazards.fill(priorHazard);
      for (const each of [shared, own]) each.of(every).shrink(hazards, strength);
      const { hold, returns } = bestHold(hazards, breakEven, pool.nowSeconds - since, longestInBreakEvens * breakEven);
      const text = () =>
        `held ${spanText(hold)} in all, which cost least so far: ${percentText(returns)} of the gaps end within it, a cold start is worth ${spanText(breakEven)}`;
      return { untilSeconds: since + hold, reason: { code: "hold-plain", text } };
    },
    save: (): LearnedState => ({
      policy: kind.policy,
      version: kind.version,
      pools: {
        shared: shared.save(),
        pools: pools.save(({ ledger, tables: own }) => ({ tables: own.save(), open: saveGaps(ledger, () => null) })),
      },
    }),
    restore: (state) => {
      const read = checkedState(state, saved, kind);
      shared.restore(read.shared);
      pools.restore(read.pools, ({ ledger, tables: own }, memory) => {
        own.restore(memory.tables);
        restoreGaps(ledger, memory.open, () => undefined);
      });
    },
  };
}

function ledgerInto(counted: () => readonly GapCounts[]): GapLedger<undefined> {
  return new GapLedger<undefined>({
    begun: () => undefined,
    outlived: ({ weight }, bucket) => {
      for (const counts of counted()) counts.survived(bucket, weight);
    },
    ended: ({ weight }, _seconds, bucket) => {
      for (const counts of counted()) counts.over(bucket, weight);
    },
  });
}
