import { type Clock, timestamp } from "../../kernel/clock.ts";
import { type Random, seededRandom } from "../../kernel/random.ts";
import { type FaultName, type FaultValues, faultKinds } from "./fault-kinds.ts";
import { type FaultSpec, type ParsedFault, parseFault } from "./parse-fault.ts";

export interface FaultsOptions {
  /** Gives a seed to every fault that brings none. */
  readonly random: Random;
  /** The cluster's: faults begin and end in its time. */
  readonly clock: Clock;
}

/** A fault that is or was in force. */
export interface FaultStatus {
  /** `fault-1` */
  readonly id: string;
  /** As asked for, with its seed. */
  readonly spec: FaultSpec;
  readonly since: string;
  /** When its time is over; absent when it has no end by time. */
  readonly until?: string;
  readonly active: boolean;
  /** How often it struck. */
  readonly struck: number;
}

/** One thing that went wrong on purpose. */
export interface Strike {
  readonly at: string;
  readonly id: string;
  readonly fault: FaultName;
  /** What it fell on: a request, a node, an image. */
  readonly on: string;
}

export interface ActiveFaults {
  /** Puts a fault in force. Fails (`Failure`, USAGE) when it is not one, with every problem. */
  add(spec: unknown): FaultStatus;
  /** The latest 100 that have ended, then those in force. */
  list(): readonly FaultStatus[];
  /** The latest 1,000, oldest first. */
  strikes(): readonly Strike[];
  /** Ends one; false when no such fault is in force. */
  remove(id: string): boolean;
  /** Ends all; returns how many there were. */
  clear(): number;
  /** Calls back when faults have begun or ended: what they fall on may be over. Returns the unsubscribe function. */
  subscribe(listener: () => void): () => void;
  /** The first fault of this kind that applies and strikes now, or undefined. The strike is counted and logged. */
  strike<N extends FaultName>(
    name: N,
    on: () => string,
    applies: (values: FaultValues<N>) => boolean,
  ): { readonly values: FaultValues<N>; readonly random: Random } | undefined;
}

interface Fault extends ParsedFault {
  readonly id: string;
  readonly random: Random;
  readonly sinceMs: number;
  /** What was decided for each node, by its name. */
  readonly decided: Map<string, boolean>;
  struck: number;
  cancel: () => void;
}

const mostEnded = 100;
const mostStrikes = 1000;

/** Which faults are in force, and what they struck. */
export function activeFaults({ random, clock }: FaultsOptions): ActiveFaults {
  const active: Fault[] = [];
  const ended: Fault[] = [];
  const strikes: Strike[] = [];
  const listeners = new Set<() => void>();
  let count = 0;

  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  const end = (fault: Fault) => {
    active.splice(active.indexOf(fault), 1);
    ended.push(fault);
    if (ended.length > mostEnded) ended.shift();
    fault.cancel();
    tell();
  };
  const hit = (fault: Fault, on: string) => {
    fault.struck += 1;
    strikes.push({ at: timestamp(clock.now()), id: fault.id, fault: fault.spec.fault, on });
    if (strikes.length > mostStrikes) strikes.shift();
    if (isSpent(fault) && !isLasting(fault)) end(fault);
  };
  const decide = (fault: Fault, on: () => string): boolean => {
    const earlier = isOnce(fault) ? fault.decided.get(on()) : undefined;
    if (earlier !== undefined) return earlier && isLasting(fault);
    const strikesNow = !isSpent(fault) && fault.random.next() < fault.values.probability;
    if (isOnce(fault)) fault.decided.set(on(), strikesNow);
    if (strikesNow) hit(fault, on());
    return strikesNow;
  };

  return {
    add(spec) {
      const parsed = parseFault(spec);
      const seed = parsed.values.seed ?? random.integer(2 ** 32);
      const { for: lifeMs } = parsed.values;
      count += 1;
      const fault: Fault = {
        spec: { ...parsed.spec, seed },
        values: parsed.values,
        id: `fault-${count}`,
        random: seededRandom(seed),
        sinceMs: clock.now(),
        decided: new Map(),
        struck: 0,
        cancel: () => {},
      };
      if (lifeMs !== undefined) fault.cancel = clock.schedule(lifeMs, () => end(fault), { background: true });
      active.push(fault);
      tell();
      return statusOf(fault, true);
    },
    list: () => [...ended.map((fault) => statusOf(fault, false)), ...active.map((fault) => statusOf(fault, true))],
    strikes: () => [...strikes],
    remove(id) {
      const fault = active.find((one) => one.id === id);
      if (fault !== undefined) end(fault);
      return fault !== undefined;
    },
    clear() {
      const all = [...active];
      for (const fault of all) end(fault);
      return all.length;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    strike<N extends FaultName>(name: N, on: () => string, applies: (values: FaultValues<N>) => boolean) {
      for (const fault of [...active]) {
        if (fault.spec.fault !== name) continue;
        const { values, random: own } = fault as Fault & ParsedFault<N>;
        if (applies(values) && decide(fault, on)) return { values, random: own };
      }
      return undefined;
    },
  };
}

function isSpent({ struck, values }: Fault): boolean {
  return values.times !== undefined && struck >= values.times;
}

function isOnce({ spec }: Fault): boolean {
  return faultKinds[spec.fault].decided !== undefined;
}

function isLasting({ spec }: Fault): boolean {
  return faultKinds[spec.fault].decided === "lasting";
}

function statusOf({ id, spec, sinceMs, values, struck }: Fault, active: boolean): FaultStatus {
  const untilMs = values.for === undefined ? undefined : sinceMs + values.for;
  const until = untilMs === undefined ? {} : { until: timestamp(untilMs) };
  return { id, spec, since: timestamp(sinceMs), ...until, active, struck };
}
