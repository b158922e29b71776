import type { Forecaster } from "../forecast/forecaster.ts";

/** What a policy is made from. `demand` is for those of hindsight. */
export interface ServeSeries {
  readonly startMs: number;
  readonly stepSeconds: number;
  readonly leadBins: number;
  /** By bin, in nodes. */
  readonly demand: Float64Array;
}

/** One policy on one series, or on all of them together. Bins that were not measured count for nothing. */
export interface ServeResult {
  readonly policy: string;
  readonly series: string;
  /** Measured and scored. */
  readonly bins: number;
  /** Demand that no node was there for, over demand. */
  readonly unservedShare: number;
  /** Bins with any of it, over bins. */
  readonly shortBins: number;
  /** Nodes beyond demand, over demand. */
  readonly overProvision: number;
  readonly nodeHours: number;
  readonly costUsd: number;
  /** Bins whose demand was not above the forecast's 95 % bound, over bins; absent: the policy has no forecast. */
  readonly coverage95?: number | undefined;
}

/** How many nodes to have, `leadBins` after the last bin observed. */
export interface ServePolicy {
  readonly name: string;
  /** What it goes by, for the coverage of its bounds. */
  readonly forecaster?: Forecaster | undefined;
  /** A bin that is over: what was wanted (NaN: not measured), and how many nodes were there. */
  observe(demand: number, nodes: number): void;
  nodes(): number;
}

export type MakeServePolicy = (series: ServeSeries) => ServePolicy;
