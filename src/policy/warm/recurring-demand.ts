import * as v from "valibot";

import type { Saved } from "../../forecast/forecaster.ts";
import { type RecurrenceDetector, recurrences } from "../../forecast/recurrence.ts";
import { ByPool } from "../by-pool.ts";
import { finite, ofPools } from "../learned-state.ts";
import { nodesTaken, type PoolJob, type PoolView } from "../pool.ts";
import type { Reaches } from "./newsvendor.ts";

/** Nodes that are expected at a time of day, because they came at that time before. */
export interface RecurringDemand {
  readonly reaches: Reaches;
  readonly most: number;
  /** Nodes that are wanted together; 1 where several kinds of jobs are expected. */
  readonly gang: number;
  /** Such as `4 of the last 5 weekdays`. */
  readonly evidence: string;
  readonly fromSeconds: number;
}

export interface Recurring {
  arrived(pool: PoolView, job: PoolJob): void;
  /** What is expected to come from `fromSeconds` until `toSeconds`, given that a warm node waits `patienceSeconds`. */
  expected(pool: PoolView, window: CoverWindow): RecurringDemand | undefined;
  /** For how long from now nobody need ask: nothing is expected until then. */
  quietSeconds(pool: PoolView, window: CoverWindow): number;
  save(): SavedRecurring;
  /** Throws a Failure where a pool's detector is poisoned, having taken some of the pools. */
  restore(saved: SavedRecurring): void;
}

/** What is in `detector` is for it to check. */
export const savedRecurring = ofPools(
  v.strictObject({ detector: v.record(v.string(), v.unknown()), lastSeen: v.record(v.string(), finite) }),
);
export type SavedRecurring = v.InferOutput<typeof savedRecurring>;

interface Memory {
  readonly detector: RecurrenceDetector;
  /** When a key came last. */
  readonly lastSeen: Map<string, number>;
  quietUntil: number;
}

/** The key that nothing came for in the longest time is forgotten first. */
const mostKeys = 5000;
/** No gang is larger; and none of that size is warmed. */
const mostNodes = 1000;

/** The nodes that are launched now cover this time. */
export interface CoverWindow {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly patienceSeconds: number;
}

/** As much as a recurring job's time may vary. */
const jitterSeconds = 900;
/** Where nothing is expected for an hour, nobody is asked for as long. */
const quietSeconds = 3600;
/** Nobody need ask up to a moment before that: sums of times are not exact. */
const marginSeconds = 0.001;

/** Learns which jobs of a pool recur, by who submits them and how large they are. */
export function recurringDemand(): Recurring {
  const pools = new ByPool(
    (startMs): Memory => ({
      detector: recurrences(startMs),
      lastSeen: new Map<string, number>(),
      quietUntil: Number.NEGATIVE_INFINITY,
    }),
  );
  const isQuiet = (memory: Memory, { fromSeconds, toSeconds }: CoverWindow): boolean => {
    if (toSeconds <= memory.quietUntil) return true;
    const until = fromSeconds + quietSeconds;
    const isEmpty = memory.detector.expected(fromSeconds, until + jitterSeconds).length === 0;
    if (isEmpty) memory.quietUntil = until;
    return isEmpty;
  };
  return {
    quietSeconds: (pool, { toSeconds }) => Math.max(0, pools.of(pool).quietUntil - toSeconds - marginSeconds),
    arrived: (pool, job) => {
      const { detector, lastSeen } = pools.of(pool);
      const key = `${job.user}/${job.nodes}x${job.gpus}`;
      lastSeen.delete(key);
      lastSeen.set(key, job.submitSeconds);
      if (lastSeen.size > mostKeys) lastSeen.delete(lastSeen.keys().next().value as string);
      detector.observe({ key, atSeconds: job.submitSeconds, amount: nodesTaken(pool, job) });
    },
    expected: (pool, window) => {
      const memory = pools.of(pool);
      if (isQuiet(memory, window)) return undefined;
      const { fromSeconds, toSeconds, patienceSeconds } = window;
      const found = memory.detector.expected(fromSeconds, toSeconds + jitterSeconds).filter((each) => {
        const ready = readyAt(each.fromSeconds, each.atSeconds, patienceSeconds);
        const cameEarly =
          (memory.lastSeen.get(each.key) ?? Number.NEGATIVE_INFINITY) >= each.fromSeconds - jitterSeconds;
        return ready >= fromSeconds && ready < toSeconds && !cameEarly;
      });
      const [first] = [...found].sort((a, b) => b.p - a.p);
      if (first === undefined) return undefined;
      const chances = found.map(({ p, amount, fromSeconds: from, toSeconds: to }) => ({
        amount: wholeNodes(amount),
        p: p * Math.min(1, patienceSeconds / Math.max(1, to - from)),
      }));
      return {
        reaches: reachedBy(chances),
        most: chances.reduce((sum, { amount }) => sum + amount, 0),
        gang: found.length === 1 ? wholeNodes(first.amount) : 1,
        evidence: first.evidence,
        fromSeconds: first.fromSeconds,
      };
    },
    save: () =>
      pools.save(({ detector, lastSeen }) => ({
        detector: { ...detector.save() },
        lastSeen: Object.fromEntries(lastSeen),
      })),
    restore: (saved) =>
      pools.restore(saved, ({ detector, lastSeen }, memory) => {
        detector.restore(memory.detector as unknown as Saved);
        for (const [key, seconds] of Object.entries(memory.lastSeen)) lastSeen.set(key, seconds);
      }),
  };
}

/** Jobs that ask for shares of a node add up to whole ones, but for rounding. */
const wholeNodes = (amount: number) => Math.max(1, Math.ceil(amount - 1e-6));

/** When nodes have to be ready: at the earliest time seen, unless they would be gone by the usual one. */
const readyAt = (earliest: number, usual: number, patience: number) => Math.max(earliest, usual - patience / 2);

/** Each of the expected arrivals comes or not, by itself. */
function reachedBy(chances: readonly { readonly p: number; readonly amount: number }[]): Reaches {
  let distribution = [1];
  for (const { p, amount } of chances.filter((each) => each.amount <= mostNodes)) {
    const next = new Array<number>(distribution.length + amount).fill(0);
    for (const [nodes, probability] of distribution.entries()) {
      next[nodes] = (next[nodes] ?? 0) + probability * (1 - p);
      next[nodes + amount] = (next[nodes + amount] ?? 0) + probability * p;
    }
    distribution = next;
  }
  return (nodes) => distribution.slice(nodes).reduce((sum, probability) => sum + probability, 0);
}
