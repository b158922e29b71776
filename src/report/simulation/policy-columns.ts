import { grouped, hoursText, ratioText, shareText, spanText, usdText } from "./amounts.ts";
import type { PolicyRow } from "./results.ts";

export interface PolicyColumn {
  readonly head: string;
  /** In words, for people who hover over it or read the legend. */
  readonly says: string;
  /** Where not all columns have room those with the lowest number stay. */
  readonly rank: number;
  /** Only where it tells policies apart. */
  readonly isNews?: (row: PolicyRow) => boolean;
  cell(row: PolicyRow): string;
}

/** What is known of policies, in the order of a table. */
export function policyColumns(rows: readonly PolicyRow[]): readonly PolicyColumn[] {
  return columns.filter(({ isNews }) => isNews === undefined || rows.some(isNews));
}

const columns: readonly PolicyColumn[] = [
  {
    head: "RATIO",
    says: "waste and ρ times waiting, over what nobody can beat",
    rank: 0,
    cell: ({ ratioToOptimum }) => ratioText(ratioToOptimum),
  },
  {
    head: "OF GAPS",
    says: "the same of the decisions alone, over the gaps of the trace: without first launches, nothing shifts",
    rank: 1,
    cell: ({ ratioOfGaps }) => ratioText(ratioOfGaps),
  },
  {
    head: "LOSS",
    says: "waste and ρ times waiting, in GPU-hours",
    rank: 7,
    cell: ({ lossSeconds }) => hoursText(lossSeconds / 3600),
  },
  { head: "IDLE", says: "GPU-hours without work", rank: 2, cell: ({ idleGpuHours }) => hoursText(idleGpuHours) },
  { head: "BOOT", says: "GPU-hours of launching", rank: 8, cell: ({ bootGpuHours }) => hoursText(bootGpuHours) },
  { head: "BUSY", says: "GPU-hours of work", rank: 11, cell: ({ busyGpuHours }) => hoursText(busyGpuHours) },
  { head: "LAUNCHES", says: "nodes that were launched", rank: 10, cell: ({ launches }) => grouped(launches) },
  { head: "WAIT", says: "mean of all jobs", rank: 4, cell: ({ waitMeanSeconds }) => spanText(waitMeanSeconds) },
  { head: "P50", says: "median wait", rank: 9, cell: ({ waitP50Seconds }) => spanText(waitP50Seconds) },
  {
    head: "P95",
    says: "wait that 19 of 20 jobs stay below",
    rank: 5,
    cell: ({ waitP95Seconds }) => spanText(waitP95Seconds),
  },
  {
    head: "COLD",
    says: "share of the jobs that waited for a node",
    rank: 6,
    cell: ({ coldShare }) => shareText(coldShare),
  },
  {
    head: "DONE",
    says: "jobs that completed",
    rank: 13,
    isNews: ({ jobs, completed }) => completed < jobs,
    cell: ({ completed }) => grouped(completed),
  },
  {
    head: "LOST",
    says: "nodes that spot took back",
    rank: 12,
    isNews: ({ interruptions }) => interruptions > 0,
    cell: ({ interruptions }) => grouped(interruptions),
  },
  { head: "COST", says: "all node time at its price", rank: 3, cell: ({ costUsd }) => usdText(costUsd) },
  { head: "TOOK", says: "time to simulate it", rank: 14, cell: ({ seconds }) => spanText(seconds) },
];
