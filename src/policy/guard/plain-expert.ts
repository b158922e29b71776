import { breakEvenSeconds } from "../costs.ts";
import type { ReleasePolicy } from "../policy.ts";
import type { PoolView } from "../pool.ts";
import { idleSince } from "../release/fixed-hold.ts";
import { bucketCount } from "../release/gap-grid.ts";
import { GapLedger } from "../release/gap-ledger.ts";
import { bestHold, GapCounts } from "../release/hazards.ts";
import { percentText, spanText } from "../release/reasons.ts";

/** Gaps after which old ones of a pool weigh half. */
const halfLifeGaps = 300;
/** How many gaps what is known of all pools counts as in one of them. */
const strength = 20;
/** Before anything was seen, as the learned policy has it. */
const priorHazard = 0.03;
/** No hold is longer, in times B. */
const longestInBreakEvens = 4;

interface Counted {
  readonly ledger: GapLedger<undefined>;
  readonly counts: GapCounts;
}

/**
 * Follow the leader (`policy.md` 1.7): holds for what would have cost least on the gaps of this pool so far, shrunk towards
 * those of all pools. It looks at nothing else, which is why it is what the guard falls back to.
 */
export function plainExpert(): ReleasePolicy {
  const all = new GapCounts(halfLifeGaps * 10);
  const pools: Counted[] = [];
  const hazards = new Float64Array(bucketCount);
  const countedOf = (pool: PoolView): Counted => {
    const counts = new GapCounts(halfLifeGaps);
    pools[pool.id] ??= { ledger: ledgerInto([all, counts]), counts };
    return pools[pool.id] as Counted;
  };
  return {
    name: "follow-the-leader",
    observe: (pool, event) => countedOf(pool).ledger.observe(pool, event),
    hold: (pool, index) => {
      const { ledger, counts } = countedOf(pool);
      const breakEven = breakEvenSeconds(pool.costs);
      const since = ledger.vacancyOf(pool, index)?.sinceSeconds ?? idleSince(pool, index);
      hazards.fill(priorHazard);
      for (const each of [all, counts]) each.shrink(hazards, strength);
      const { hold, returns } = bestHold(hazards, breakEven, pool.nowSeconds - since, longestInBreakEvens * breakEven);
      const text = () =>
        `held ${spanText(hold)} in all, which cost least so far: ${percentText(returns)} of the gaps end within it, a cold start is worth ${spanText(breakEven)}`;
      return { untilSeconds: since + hold, reason: { code: "hold-plain", text } };
    },
  };
}

function ledgerInto(counted: readonly GapCounts[]): GapLedger<undefined> {
  return new GapLedger<undefined>({
    begun: () => undefined,
    outlived: (_, bucket) => {
      for (const counts of counted) counts.survived(bucket);
    },
    ended: (_vacancy, _seconds, bucket) => {
      for (const counts of counted) counts.over(bucket);
    },
  });
}
