import type { GapClasses } from "./gap-classes.ts";
import { bucketCount } from "./gap-grid.ts";
import type { GapTables } from "./gap-tables.ts";
import type { GapCounts, Hazards } from "./hazards.ts";

/**
 * A view of which gaps are alike: tables from the most general to the most special, each of which draws the estimate of
 * the one before it towards its own counts. The hold is the best for the gaps that were counted: follow the leader, with
 * what other pools know standing in where a pool has seen little.
 */
export interface Expert {
  readonly name: string;
  /** Whether it starts from the trained model's hazards. */
  readonly trained: boolean;
  /** Tables of all pools, then those of the gap's own pool. */
  readonly shared: (classes: GapClasses) => readonly string[];
  readonly own: (classes: GapClasses) => readonly string[];
}

/** The first is the plain one, which the others have to beat. */
export const experts: readonly Expert[] = [
  { name: "plain", trained: false, shared: () => ["all"], own: () => ["all"] },
  {
    name: "job",
    trained: false,
    shared: ({ job }) => ["all", `job ${job}`],
    own: ({ job }) => ["all", `job ${job}`],
  },
  {
    name: "activity",
    trained: false,
    shared: ({ job, activity }) => ["all", `activity ${activity}`, `activity ${activity} job ${job}`],
    own: ({ activity }) => ["all", `activity ${activity}`],
  },
  {
    name: "job and activity",
    trained: false,
    shared: ({ job, activity }) => ["all", `activity ${activity}`, `activity ${activity} job ${job}`],
    own: ({ job, activity }) => ["all", `activity ${activity} job ${job}`],
  },
  { name: "model", trained: true, shared: () => [], own: () => [] },
  {
    name: "model and pool",
    trained: true,
    shared: () => [],
    own: ({ activity }) => ["all", `activity ${activity}`],
  },
];

/** How many gaps the more general table counts as. */
const strength = 20;

/** Before anything was seen: hazards by bucket, which grow wider as gaps do: the older a gap, the less it ends. */
const untaught = new Float64Array(bucketCount).fill(0.03);

/** The hazards of a chain of tables, into `into`; `start` are those of the model. */
export function chainHazards(chain: readonly GapCounts[], into: Hazards, start: Hazards = untaught): Hazards {
  into.set(start);
  for (const counts of chain) counts.shrink(into, strength);
  return into;
}

/** An expert's tables for one gap, the most special last. */
export function chainOf(expert: Expert, classes: GapClasses, shared: GapTables, own: GapTables): GapCounts[] {
  return [...expert.shared(classes).map((key) => shared.of(key)), ...expert.own(classes).map((key) => own.of(key))];
}
