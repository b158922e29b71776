import type { ServeResult } from "./rates-types.ts";

/** Sums over bins, from which shares follow. */
export interface ServeTally {
  readonly sums: Readonly<Sums>;
  bin(bin: ServedBin): void;
  add(other: ServeTally): void;
  result(policy: string, series: string, usdPerNodeHour: number): ServeResult;
}

export interface ServedBin {
  /** In nodes. */
  readonly wanted: number;
  readonly nodes: number;
  /** Part of the bin in which nodes launched within it serve what is missing. */
  readonly reacts: number;
  /** NaN: none was given. */
  readonly bound: number;
  readonly hours: number;
}

interface Sums {
  bins: number;
  demand: number;
  unserved: number;
  short: number;
  over: number;
  nodeHours: number;
  bounded: number;
  covered: number;
}

export function tally(): ServeTally {
  const sums: Sums = { bins: 0, demand: 0, unserved: 0, short: 0, over: 0, nodeHours: 0, bounded: 0, covered: 0 };
  return {
    sums,
    bin: ({ wanted, nodes, reacts, bound, hours }) => {
      const missing = Math.max(0, wanted - nodes);
      sums.bins += 1;
      sums.demand += wanted;
      sums.unserved += missing * (1 - reacts);
      sums.short += missing > 1e-9 ? 1 : 0;
      sums.over += Math.max(0, nodes - wanted);
      sums.nodeHours += (nodes + missing * reacts) * hours;
      sums.bounded += Number.isNaN(bound) ? 0 : 1;
      sums.covered += wanted <= bound ? 1 : 0;
    },
    add: (other) => {
      for (const key of Object.keys(sums) as (keyof Sums)[]) sums[key] += other.sums[key];
    },
    result: (policy, series, usdPerNodeHour) => ({
      policy,
      series,
      bins: sums.bins,
      unservedShare: share(sums.unserved, sums.demand),
      shortBins: share(sums.short, sums.bins),
      overProvision: share(sums.over, sums.demand),
      nodeHours: sums.nodeHours,
      costUsd: sums.nodeHours * usdPerNodeHour,
      ...(sums.bounded > 0 ? { coverage95: sums.covered / sums.bounded } : {}),
    }),
  };
}

const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
