import type { PhaseName } from "../kernel/vocabulary.ts";
import type { TimelineEntry } from "./entries.ts";
import type { PhaseModel, Span } from "./model-types.ts";
import { type EntryOf, grouped, only } from "./order.ts";

const phaseNames: readonly PhaseName[] = ["deploy", "run", "collect", "destroy"];

type PhaseEntry = EntryOf<"phase">;

interface Attempt {
  readonly start: PhaseEntry;
  readonly end?: PhaseEntry;
  /** Where it broke off, when it has no end. */
  readonly at: number;
  readonly wall: number;
}

/** The phases that ran, in their order. A phase that was tried again is one phase with several stretches. */
export function phaseModels(ordered: readonly TimelineEntry[], lastAt: number): PhaseModel[] {
  const entries = grouped(distinctStates(ordered), ({ phase }) => phase);
  const estimates = only(ordered, "estimate");
  return phaseNames.flatMap((name) => {
    const attempts = attemptsOf(entries.get(name) ?? [], ordered, lastAt);
    return attempts.length === 0 ? [] : phaseModel(name, attempts, firstOfEach(estimates, name));
  });
}

function phaseModel(name: PhaseName, attempts: readonly Attempt[], estimates: EntryOf<"estimate">[]): PhaseModel {
  const last = attempts.at(-1)?.end;
  const sum = (seconds: (attempt: Attempt) => number) =>
    attempts.reduce((total, attempt) => total + seconds(attempt), 0);
  const clusterSeconds = sum(({ start, at }) => Math.max(0, at - start.at) / 1000);
  const state = last?.state ?? "unfinished";
  return {
    name,
    state: state === "started" ? "unfinished" : state,
    ...(last?.message !== undefined && { message: last.message }),
    spans: attempts.map(({ start, at }) => ({ from: start.at, to: Math.max(start.at, at) })),
    seconds: sum(({ start, wall }) => Math.max(0, wall - start.wall) / 1000),
    clusterSeconds,
    estimates,
    awsSeconds: clusterSeconds + estimates.reduce((total, { seconds }) => total + seconds, 0),
  };
}

/** By the time of writing: the cluster's clock may be set back by a restart, this machine's order is what happened. */
function distinctStates(ordered: readonly TimelineEntry[]): PhaseEntry[] {
  const seen = grouped(only(ordered, "phase"), ({ phase, state, wall }) => `${phase} ${state} ${wall}`);
  return [...seen.values()].flatMap(([first]) => first ?? []).sort((a, b) => a.wall - b.wall || rank(a) - rank(b));
}

function rank({ state }: PhaseEntry): number {
  return state === "started" ? 0 : 1;
}

function attemptsOf(entries: readonly PhaseEntry[], all: readonly TimelineEntry[], lastAt: number): Attempt[] {
  return entries.flatMap((start, index) => {
    if (start.state !== "started") return [];
    const next = entries[index + 1];
    if (next !== undefined && next.state !== "started") return { start, end: next, at: next.at, wall: next.wall };
    return { start, ...breakOff(start, next, all, lastAt) };
  });
}

/** A crash ends a phase without a word: it lasted until the last thing written before it was tried again. */
function breakOff(start: PhaseEntry, next: PhaseEntry | undefined, all: readonly TimelineEntry[], lastAt: number) {
  let wall = start.wall;
  let at = next === undefined ? lastAt : start.at;
  for (const entry of all) {
    if (next !== undefined && entry.wall >= next.wall) continue;
    wall = Math.max(wall, entry.wall);
    at = Math.max(at, entry.at);
  }
  return { at, wall };
}

/** One estimate for each name, the longest first. */
function firstOfEach(estimates: readonly EntryOf<"estimate">[], phase: PhaseName): EntryOf<"estimate">[] {
  const mine = estimates.filter((estimate) => estimate.phase === phase);
  const firsts = [...grouped(mine, ({ name }) => name).values()].flatMap(([first]) => first ?? []);
  return firsts.sort((a, b) => b.seconds - a.seconds);
}

/**
 * From the cluster's time to the time to expect on AWS: the same, with each phase's estimates put in. They are put in
 * where the phase ends; in destroy, before the first charge ends, because it is there until the last is taken down.
 */
export function expectedTime(phases: readonly PhaseModel[], ordered: readonly TimelineEntry[]): (at: number) => number {
  const ends = only(ordered, "charge").flatMap(({ state, at }) => (state === "ended" ? at : []));
  const inserts = phases.flatMap((phase) => {
    const end = phase.spans.at(-1);
    const ms = (phase.awsSeconds - phase.clusterSeconds) * 1000;
    return end === undefined || ms === 0 ? [] : { at: insertAt(end, ends), ms };
  });
  return (at) => inserts.reduce((total, insert) => (insert.at <= at ? total + insert.ms : total), at);
}

function insertAt(phase: Span, chargeEnds: readonly number[]): number {
  return Math.min(phase.to, ...chargeEnds.filter((at) => at >= phase.from && at <= phase.to));
}
