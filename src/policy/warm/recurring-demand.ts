import { type RecurrenceDetector, recurrences } from "../../forecast/recurrence.ts";
import type { PoolJob, PoolView } from "../pool.ts";
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
}

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
  const detectors: RecurrenceDetector[] = [];
  const lastSeen = new Map<string, number>();
  const quietUntil: number[] = [];
  const isQuiet = ({ id }: PoolView, { fromSeconds, toSeconds }: CoverWindow): boolean => {
    if (toSeconds <= (quietUntil[id] ?? Number.NEGATIVE_INFINITY)) return true;
    const until = fromSeconds + quietSeconds;
    const isEmpty = (detectors[id]?.expected(fromSeconds, until + jitterSeconds) ?? []).length === 0;
    if (isEmpty) quietUntil[id] = until;
    return isEmpty;
  };
  return {
    quietSeconds: ({ id }, { toSeconds }) =>
      Math.max(0, (quietUntil[id] ?? Number.NEGATIVE_INFINITY) - toSeconds - marginSeconds),
    arrived: (pool, job) => {
      const key = `${pool.id}/${job.user}/${job.nodes}x${job.gpus}`;
      lastSeen.set(key, job.submitSeconds);
      const detector = detectors[pool.id] ?? recurrences(pool.startMs);
      detectors[pool.id] = detector;
      detector.observe({ key, atSeconds: job.submitSeconds, amount: job.nodes });
    },
    expected: (pool, window) => {
      if (isQuiet(pool, window)) return undefined;
      const { fromSeconds, toSeconds, patienceSeconds } = window;
      const found = (detectors[pool.id]?.expected(fromSeconds, toSeconds + jitterSeconds) ?? []).filter((each) => {
        const ready = readyAt(each.fromSeconds, each.atSeconds, patienceSeconds);
        const cameEarly = (lastSeen.get(each.key) ?? Number.NEGATIVE_INFINITY) >= each.fromSeconds - jitterSeconds;
        return ready >= fromSeconds && ready < toSeconds && !cameEarly;
      });
      const [first] = [...found].sort((a, b) => b.p - a.p);
      if (first === undefined) return undefined;
      const chances = found.map(({ p, amount, fromSeconds: from, toSeconds: to }) => ({
        amount: Math.round(amount),
        p: p * Math.min(1, patienceSeconds / Math.max(1, to - from)),
      }));
      return {
        reaches: reachedBy(chances),
        most: chances.reduce((sum, { amount }) => sum + amount, 0),
        gang: found.length === 1 ? Math.max(1, Math.round(first.amount)) : 1,
        evidence: first.evidence,
        fromSeconds: first.fromSeconds,
      };
    },
  };
}

/** When nodes have to be ready: at the earliest time seen, unless they would be gone by the usual one. */
const readyAt = (earliest: number, usual: number, patience: number) => Math.max(earliest, usual - patience / 2);

/** Each of the expected arrivals comes or not, by itself. */
function reachedBy(chances: readonly { readonly p: number; readonly amount: number }[]): Reaches {
  let distribution = [1];
  for (const { p, amount } of chances) {
    const next = new Array<number>(distribution.length + amount).fill(0);
    for (const [nodes, probability] of distribution.entries()) {
      next[nodes] = (next[nodes] ?? 0) + probability * (1 - p);
      next[nodes + amount] = (next[nodes + amount] ?? 0) + probability * p;
    }
    distribution = next;
  }
  return (nodes) => distribution.slice(nodes).reduce((sum, probability) => sum + probability, 0);
}
