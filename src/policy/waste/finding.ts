import type { Reason } from "../decision.ts";
import type { WasteChange } from "./change.ts";
import type { WasteLabel } from "./rule.ts";

/** One waste of one workload. Seconds are those since its first sample. */
export interface WasteFinding {
  readonly label: WasteLabel;
  readonly workload: string;
  readonly user?: string | undefined;
  readonly sinceSeconds: number;
  /** When the evidence was enough. */
  readonly detectedAtSeconds: number;
  /** Up to when it was seen to go on. */
  readonly untilSeconds: number;
  /** Whether it went on in the last minute that was measured. */
  readonly open: boolean;
  /** Which GPUs, by index. */
  readonly devices: readonly number[];
  /** The most that the sum of log-likelihood ratios came to; beyond ln 99. */
  readonly evidence: number;
  /** 0 to 1, from the evidence. */
  readonly confidence: number;
  /** By name, such as `meanSm`. */
  readonly figures: Readonly<Record<string, number>>;
  readonly wastedGpuHours: number;
  /** Undefined where nobody knows the price. */
  readonly wastedUsd?: number | undefined;
  /** Such a waste once a day at most, for a month of 730 hours. */
  readonly usdPerMonth?: number | undefined;
  /** What was seen. */
  readonly reason: Reason;
  readonly change: WasteChange;
}
