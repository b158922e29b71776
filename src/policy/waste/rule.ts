import type { Minute } from "./minutes.ts";

export const wasteLabels = ["DEAD", "STALLED", "LOW", "WASTE-MEM", "UNBALANCED"] as const;
export type WasteLabel = (typeof wasteLabels)[number];

/** What a minute says for or against one kind of waste. */
export interface Reading {
  /** Log-likelihood ratio of this minute; -Infinity where it disproves the waste. */
  readonly llr: number;
  /** How many of the workload's GPUs this minute wastes, if it is one. */
  readonly wastedGpus: number;
}

/** One kind of waste in one workload. It is read once for each minute, in order. */
export interface WasteRule {
  /** At the moment: one rule may tell two kinds apart. */
  label(): WasteLabel;
  read(minute: Minute): Reading;
  /** Whether it is too early to say so, whatever speaks for it. */
  isBlocked(minute: Minute): boolean;
  /** Which GPUs it is about, by index. */
  devices(): readonly number[];
  /** What led to it. */
  figures(): Readonly<Record<string, number>>;
  /** Forgets what it has gathered for its figures: the waste is over, or never was. */
  reset(): void;
}

export const neutral: Reading = { llr: 0, wastedGpus: 0 };
export const disproved: Reading = { llr: Number.NEGATIVE_INFINITY, wastedGpus: 0 };

/** What a minute adds where so many of the same are enough. */
export function shareOf(enough: number, { fromSeconds, toSeconds }: Minute, windowMinutes: number): number {
  return (enough * (toSeconds - fromSeconds)) / (windowMinutes * 60);
}
