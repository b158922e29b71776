import type { WorkloadUsage } from "../utilization.ts";

/** What is wrong with a workload, by the names that the detector of waste uses. */
export const usageLabels = ["healthy", "DEAD", "STALLED", "LOW", "WASTE-MEM", "UNBALANCED"] as const;
export type UsageLabel = (typeof usageLabels)[number];

/** What a generated workload really did. */
export interface UsageTruth {
  /** Which story was played, such as `dead-notebook`: finer than the label. */
  readonly scenario: string;
  readonly label: UsageLabel;
  /** Second of the series since when it is so; NaN for a healthy one. */
  readonly sinceSeconds: number;
  /**
   * What could be had back from `sinceSeconds` to the end of the series, in hours of this workload's own GPUs:
   * all of them for DEAD and STALLED; for LOW what the smallest eighth, quarter or half of a GPU that does would leave;
   * for WASTE-MEM the price difference to the smaller GPU, as a share; for UNBALANCED what the busiest GPU does more than the mean.
   */
  readonly recoverableGpuHours: number;
}

export interface LabelledUsage {
  readonly usage: WorkloadUsage;
  readonly truth: UsageTruth;
}
