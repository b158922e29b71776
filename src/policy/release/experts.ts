import type { GapClasses } from "./gap-classes.ts";
import { bucketCount } from "./gap-grid.ts";
import type { GapTables } from "./gap-tables.ts";
import type { GapCounts, Hazards } from "./hazards.ts";

/**
 * A view of which gaps are alike: tables from the most general to the most special, each of which draws the estimate of
 * the one before it towards its own counts. All follow the leader: the hold is the best for the gaps they have counted.
 */
export interface Expert {
  readonly name: string;
  keys(classes: GapClasses): readonly string[];
}

/** The plain one is what the others have to beat. */
export const experts: readonly Expert[] = [
  { name: "plain", keys: ({ pool }) => ["all", `pool ${pool}`] },
  { name: "job", keys: ({ pool, job }) => ["all", `job ${job}`, `pool ${pool}`, `pool ${pool} job ${job}`] },
  {
    name: "activity",
    keys: ({ pool, job, activity }) => [
      "all",
      `activity ${activity}`,
      `activity ${activity} job ${job}`,
      `pool ${pool}`,
      `pool ${pool} activity ${activity}`,
    ],
  },
  {
    name: "job-activity",
    keys: ({ pool, job, activity }) => [
      "all",
      `activity ${activity}`,
      `activity ${activity} job ${job}`,
      `pool ${pool}`,
      `pool ${pool} activity ${activity} job ${job}`,
    ],
  },
];

/** How many gaps the more general table counts as. */
const strength = 20;

/** Before anything was seen: gaps ending at a rate that falls with their age, as they do in every trace. */
const prior: Hazards = new Float64Array(bucketCount).fill(0.03);

/** An expert's hazards, from the counts of its keys, into `into`. */
export function expertHazards(chain: readonly GapCounts[], into: Hazards, start: Hazards = prior): Hazards {
  into.set(start);
  for (const counts of chain) counts.shrink(into, strength);
  return into;
}

/** All tables that a gap of these classes is counted in, each once; chains point into them. */
export function countsOf(classes: GapClasses, tables: GapTables): { all: GapCounts[]; chains: GapCounts[][] } {
  const chains = experts.map((expert) => expert.keys(classes).map((key) => tables.of(key)));
  return { all: [...new Set(chains.flat())], chains };
}
