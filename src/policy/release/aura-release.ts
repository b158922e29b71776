import { MeasuredCosts } from "../costs.ts";
import type { Hold, Reason } from "../decision.ts";
import type { ReleasePolicy } from "../policy.ts";
import type { PoolEvent, PoolJob, PoolView } from "../pool.ts";
import { countsOf, expertHazards, experts } from "./experts.ts";
import { idleSince } from "./fixed-hold.ts";
import { activityClassText, type GapClasses, gapClasses, jobClassText } from "./gap-classes.ts";
import { bucketCount } from "./gap-grid.ts";
import { GapLedger, type Vacancy } from "./gap-ledger.ts";
import { GapTables } from "./gap-tables.ts";
import { bestHold, type Choice, type GapCounts, type Hazards } from "./hazards.ts";
import { percentText, spanText } from "./reasons.ts";

export interface AuraReleaseOptions {
  /** No hold is longer, in seconds; default: none but 4 B. */
  readonly maxIdleSeconds?: number | undefined;
  /** No more is spent on idle nodes of a pool, in dollars an hour; default: no limit. */
  readonly idleUsdPerHour?: number | undefined;
}

interface Context {
  readonly classes: GapClasses;
  readonly tables: readonly GapCounts[];
  readonly chains: readonly (readonly GapCounts[])[];
}

interface PoolState {
  readonly ledger: GapLedger<Context>;
  lastArrival: number;
}

/** Knowledge beyond 4 B is not worth its price: what a hold that long has cost is four cold starts. */
const longestInBreakEvens = 4;
/** A launch is billed for a minute at least (EC2, Linux). */
const minimumBillSeconds = 60;

/** Learns from every gap, of every pool, what each hold would have cost; holds a node for what costs least. */
export function auraRelease(options: AuraReleaseOptions = {}): ReleasePolicy {
  const costs = new MeasuredCosts();
  const tables = new GapTables();
  const pools = new Map<number, PoolState>();
  const scratch = new Float64Array(bucketCount);

  const begun = (pool: PoolView, job: PoolJob, state: PoolState): Context => {
    const classes = gapClasses(pool, job, pool.nowSeconds - state.lastArrival);
    const { all, chains } = countsOf(classes, tables);
    return { classes, tables: all, chains };
  };
  const stateOf = (pool: PoolView): PoolState => {
    const found = pools.get(pool.id);
    if (found !== undefined) return found;
    const ledger = new GapLedger<Context>({
      begun: (view, job) => begun(view, job, state),
      outlived: ({ context }, bucket) => {
        for (const counts of context.tables) counts.survived(bucket);
      },
      ended: ({ context }, _, bucket) => {
        for (const counts of context.tables) counts.over(bucket);
      },
    });
    const state: PoolState = { ledger, lastArrival: Number.NEGATIVE_INFINITY };
    pools.set(pool.id, state);
    return state;
  };
  const hazardsOf = (pool: PoolView, vacancy: Vacancy<Context> | undefined): Hazards => {
    if (vacancy === undefined)
      return expertHazards([tables.of("all"), tables.of(`pool ${pool.tenant}/${pool.shape}`)], scratch);
    return expertHazards(vacancy.context.chains[experts.length - 1] ?? [], scratch);
  };

  return {
    name: "aura",
    observe: (pool: PoolView, event: PoolEvent) => {
      costs.observe(pool, event);
      const state = stateOf(pool);
      state.ledger.observe(pool, event);
      if (event.type === "arrived") state.lastArrival = pool.nowSeconds;
    },
    hold: (pool, index): Hold => {
      const breakEven = costs.breakEvenSeconds(pool);
      const vacancy = stateOf(pool).ledger.vacancyOf(pool, index);
      const since = vacancy?.sinceSeconds ?? idleSince(pool, index);
      const age = pool.nowSeconds - since;
      const longest = Math.min(longestInBreakEvens * breakEven, options.maxIdleSeconds ?? Number.POSITIVE_INFINITY);
      const choice = bestHold(hazardsOf(pool, vacancy), breakEven, age, longest);
      const node = pool.idle[index];
      const billed = (node?.launchedAtSeconds ?? Number.NEGATIVE_INFINITY) + minimumBillSeconds;
      const overBudget =
        (pool.idle.length - index) * pool.costs.usdPerHour > (options.idleUsdPerHour ?? Number.POSITIVE_INFINITY);
      const until = overBudget ? pool.nowSeconds : since + choice.hold;
      return {
        untilSeconds: Math.max(until, billed),
        reason: reasonOf(choice, age, breakEven, vacancy?.context.classes),
      };
    },
  };
}

function reasonOf(choice: Choice, age: number, breakEven: number, classes: GapClasses | undefined): Reason {
  const where =
    classes === undefined ? "" : ` after ${jobClassText(classes.job)}, ${activityClassText(classes.activity)}`;
  if (choice.hold <= age)
    return {
      code: "release-learned",
      text: () => `given back: waiting for a job costs more than a cold start of ${spanText(breakEven)}${where}`,
    };
  const left = choice.hold - age;
  return {
    code: "hold-learned",
    text: () =>
      `held ${spanText(left)}: ${percentText(choice.returns)} of the gaps${where} end within it; break-even ${spanText(breakEven)}`,
  };
}
