import { join } from "node:path";

import type { ObjectApi } from "../cluster/api.ts";
import type { Clock } from "../kernel/clock.ts";
import { Failure, isInterruption, messageOf } from "../kernel/failure.ts";
import { removeFile } from "../kernel/files.ts";
import { acquireLock } from "../kernel/lock.ts";
import type { Random } from "../kernel/random.ts";
import type { PhaseName } from "../kernel/vocabulary.ts";
import type { Environment } from "../spec/environment.ts";
import type { Observation, TimelineEntry } from "../timeline/entries.ts";
import { connection } from "./connection.ts";
import { refuseMoved, writeSnapshot } from "./deployed.ts";
import { type EngineContext, ensureSteps, undoSteps, undoTogether } from "./engine.ts";
import { answered } from "./first-answer.ts";
import { type Journal, type OpenRun, openJournal, openRun } from "./journal.ts";
import { observeLacking, observeMissed } from "./observe-missed.ts";
import { observePrices } from "./observe-prices.ts";
import { environmentPaths } from "./paths.ts";
import { type Recorder, startRecorder } from "./recorder.ts";
import { openRunTimeline, refuseForeignReport } from "./run-timeline.ts";
import { type Scope, scopeOf } from "./scope.ts";
import type { Step } from "./step.ts";
import type { RunFacts, Target } from "./target.ts";

export interface SessionOptions {
  readonly environment: Environment;
  readonly target: Target;
  readonly clock: Clock;
  readonly random: Random;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  /** What the user typed, for the lock. */
  readonly command: string;
  /** Where a new run's report goes; an open run keeps its own. */
  readonly reportDir?: string;
  /** Puts a question to the user; undefined when nobody answers. */
  readonly confirm: (question: string) => Promise<boolean | undefined>;
  /** Hears every observation as it is made. */
  readonly listener: (entry: TimelineEntry) => void;
}

/** One command at work on one environment: it holds the lock, the journal and the timeline of the open run. */
export interface Session {
  readonly options: SessionOptions;
  readonly run: OpenRun;
  readonly facts: RunFacts;
  /** What of the cluster is this run's. */
  readonly scope: Scope;
  /** Everything observed in this run so far, earlier commands included. */
  readonly entries: readonly TimelineEntry[];
  /** Adds to the timeline; `at` defaults to the cluster's time now. */
  observe(observation: Observation, at?: number): Promise<void>;
  /** The cluster's time: asked for, or reckoned from the last answer when it cannot be asked. */
  time(): Promise<number>;
  /** How long the cluster has not answered, in milliseconds of this machine's time; 0 while it does. */
  silentMs(): number;
  /** The API, connected on first use; undefined while there is no cluster that answers. */
  api(): Promise<ObjectApi | undefined>;
  /** As `api`, but fails with CLUSTER_UNREACHABLE where that is undefined. */
  require(): Promise<ObjectApi>;
  /** Starts watching the cluster, once. */
  record(): Promise<Recorder>;
  /** Runs `work` as a phase of the run: its start and its end are observed. */
  phase<T>(name: PhaseName, work: () => Promise<T>): Promise<T>;
  ensure(steps: readonly Step[], signal: AbortSignal): Promise<void>;
  /** Undoes what the journal says may exist; returns the errors. */
  undo(steps: readonly Step[], signal: AbortSignal, phase: PhaseName): Promise<unknown[]>;
  /** As `undo`, for jobs, which do not depend on one another: several at a time, and bounded as a whole. */
  undoJobs(steps: readonly Step[], signal: AbortSignal, phase: PhaseName): Promise<unknown[]>;
  /** Notes that the environment is to go, so that a later command finishes it. */
  beginDestroy(): Promise<void>;
  /** Stops watching; the cluster is about to go. */
  disconnect(): Promise<void>;
  /** Ends the run: the environment is gone. */
  end(): Promise<void>;
  /** Why the timeline is not whole, if it is not. */
  problem(): Failure | undefined;
  /** Gives the lock back. The run stays open unless it was ended. */
  close(): Promise<void>;
}

/**
 * Locks the environment and opens its run. With `begin`, a run is begun if none is open; without it, none being open
 * fails with NO_ENVIRONMENT.
 */
export async function openSession(options: SessionOptions, { begin }: { readonly begin: boolean }): Promise<Session> {
  const { environment, clock, host, pid, command } = options;
  const paths = environmentPaths(environment.directory, environment.name);
  const release = await acquireLock({ path: paths.lock, host, pid, command, clock });
  try {
    const journal = await openJournal(paths.journal, clock);
    const open = openRun(journal.entries);
    if (open !== undefined && begin && !open.destroying) await refuseMoved(environment);
    if (open !== undefined) refuseElsewhere(open, options);
    const run = open ?? (begin ? await beginRun(options, journal) : undefined);
    if (run === undefined) throw noEnvironment(environment.name);
    if (begin) await writeSnapshot(environment);
    return await buildSession(options, { journal, run, release });
  } catch (error) {
    await release();
    throw error;
  }
}

/** On another target nothing of the run would be found, and it would seem to be gone. */
function refuseElsewhere({ target }: OpenRun, { environment, target: asked }: SessionOptions): void {
  if (target === asked.name) return;
  throw new Failure("USAGE", `${environment.name} is deployed on ${target}, not on ${asked.name}`, {
    fix: `aura down --target ${target}, then run this again`,
  });
}

export function noEnvironment(name: string): Failure {
  return new Failure("NO_ENVIRONMENT", `the environment ${name} is not deployed`, {
    why: "this command works on an environment that aura up has deployed",
    fix: "aura up",
  });
}

async function beginRun(options: SessionOptions, journal: Journal): Promise<OpenRun> {
  const { environment, target, clock, random } = options;
  await target.admit?.();
  const stamp = new Date(clock.now())
    .toISOString()
    .replace(/[-:]|\..*/g, "")
    .replace("T", "-");
  const run = `${environment.name}-${stamp}-${random.suffix(4)}`;
  const reportDir = options.reportDir ?? join(environment.directory, "report", run);
  await refuseForeignReport(reportDir);
  // opened once before the run exists: a folder that cannot be written must not leave a run behind
  await (await openRunTimeline(reportDir, clock)).close();
  await journal.append({ type: "begin", run, target: target.name, reportDir });
  return { run, target: target.name, reportDir, begunAt: clock.now(), steps: [], destroying: false };
}

/** Longer than one job may take to go (steps/job.ts). */
const jobsTogether = { atOnce: 8, timeoutMs: 15 * 60_000 };

interface Opened {
  readonly journal: Journal;
  readonly run: OpenRun;
  readonly release: () => Promise<void>;
}

async function buildSession(options: SessionOptions, opened: Opened): Promise<Session> {
  const { environment, target, clock } = options;
  const { journal, run } = opened;
  const timeline = await openRunTimeline(run.reportDir, clock);
  const link = connection(target, clock);
  const scope = scopeOf(target, environment.name, run.run);
  const facts: RunFacts = { run: run.run, expiresAt: run.begunAt + environment.ttlMs };
  let recorder: Recorder | undefined;

  const observe: Session["observe"] = async (observation, at) => {
    options.listener(await timeline.write(observation, at ?? (await link.time())));
  };
  const mayExist = () => {
    const known = new Set(openRun(journal.entries)?.steps);
    return ({ name }: Step) => known.has(name);
  };
  const engine = (signal: AbortSignal): EngineContext => ({ journal, observe, signal });
  const told = { options, facts, scope, entries: timeline.entries, observe, time: link.time };
  const stopRecorder = async () => {
    const stopped = recorder;
    await stopped?.stop();
    recorder = undefined;
    if (stopped !== undefined) await observeLacking(told, stopped);
  };

  await observe(runObserved(options, run), run.begunAt);
  return {
    ...told,
    run,
    silentMs: link.silentMs,
    api: link.api,
    require: link.require,
    async record() {
      const api = await link.require();
      const isNew = recorder === undefined;
      if (isNew) await observePrices(target, timeline.entries, observe);
      const { nodePrice } = target;
      const known = timeline.entries;
      recorder ??= startRecorder({ api, clock, time: link.time, observe, nodePrice, scope, known });
      await answered(recorder.ready, clock);
      if (isNew) await recorder.written();
      if (isNew) await observeMissed(told, recorder);
      return recorder;
    },
    // what a phase was told of belongs to it: whoever sums up after it has it
    phase: (name, work) => runPhase(name, observe, () => work().finally(() => recorder?.written())),
    ensure: (steps, signal) => ensureSteps(engine(signal), steps),
    undo: (steps, signal, phase) => undoSteps(engine(signal), steps.filter(mayExist()), phase),
    undoJobs: (steps, signal, phase) =>
      undoTogether(engine(signal), steps.filter(mayExist()), phase, { clock, ...jobsTogether }),
    beginDestroy: () => journal.append({ type: "destroy", run: run.run }),
    async disconnect() {
      await stopRecorder();
      link.drop();
    },
    async end() {
      // in this order: a crash in between leaves a run whose destroy the next command repeats, not a ghost
      await removeFile(environmentPaths(environment.directory, environment.name).snapshot);
      await journal.append({ type: "end", run: run.run });
    },
    problem: timeline.problem,
    async close() {
      await stopRecorder();
      await timeline.close();
      await opened.release();
    },
  };
}

function runObserved(options: SessionOptions, run: OpenRun): Observation {
  const { environment, target, version } = options;
  return {
    type: "run",
    run: run.run,
    environment: environment.name,
    target: target.name,
    region: environment.region,
    version,
    speed: target.speed,
    simulated: target.simulated,
    ...(environment.budgetUsd !== undefined && { budgetUsd: environment.budgetUsd }),
  };
}

async function runPhase<T>(phase: PhaseName, observe: Session["observe"], work: () => Promise<T>): Promise<T> {
  await observe({ type: "phase", phase, state: "started" });
  try {
    const result = await work();
    await observe({ type: "phase", phase, state: "succeeded" });
    return result;
  } catch (error) {
    await observe({
      type: "phase",
      phase,
      state: isInterruption(error) ? "interrupted" : "failed",
      message: messageOf(error),
    });
    throw error;
  }
}
