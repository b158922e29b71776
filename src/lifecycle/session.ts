import { join } from "node:path";

import type { ObjectApi } from "../cluster/api.ts";
import type { Clock } from "../kernel/clock.ts";
import { Failure, isInterruption, messageOf } from "../kernel/failure.ts";
import { readText, removeFile, writeAtomic } from "../kernel/files.ts";
import type { Random } from "../kernel/random.ts";
import type { PhaseName } from "../kernel/vocabulary.ts";
import type { Environment } from "../spec/environment.ts";
import type { Observation, TimelineEntry } from "../timeline/entries.ts";
import { parseTimeline } from "../timeline/read.ts";
import { type TimelineWriter, timelineWriter } from "../timeline/write.ts";
import { type EngineContext, ensureSteps, undoSteps } from "./engine.ts";
import { type Journal, type OpenRun, openJournal, openRun } from "./journal.ts";
import { acquireLock } from "./lock.ts";
import { environmentPaths } from "./paths.ts";
import { type Recorder, startRecorder } from "./recorder.ts";
import type { Step } from "./step.ts";
import type { Target } from "./target.ts";

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
  /** Hears every observation as it is made. */
  readonly listener: (entry: TimelineEntry) => void;
}

/** One command at work on one environment: it holds the lock, the journal and the timeline of the open run. */
export interface Session {
  readonly options: SessionOptions;
  readonly run: OpenRun;
  /** Whether the run was begun by an earlier command. */
  readonly resumed: boolean;
  /** Everything observed in this run so far, earlier commands included. */
  readonly entries: readonly TimelineEntry[];
  /** Adds to the timeline; `at` defaults to the cluster's time now. */
  observe(observation: Observation, at?: number): Promise<void>;
  /** The cluster's time: asked for, or reckoned from the last answer when it cannot be asked. */
  time(): Promise<number>;
  /** The API, connected on first use; undefined while there is no cluster. */
  api(): Promise<ObjectApi | undefined>;
  /** Starts watching the cluster, once. */
  record(): Promise<Recorder>;
  /** Runs `work` as a phase of the run: its start and its end are observed. */
  phase<T>(name: PhaseName, work: () => Promise<T>): Promise<T>;
  ensure(steps: readonly Step[], signal: AbortSignal): Promise<void>;
  /** Undoes what the journal says may exist; returns the errors. */
  undo(steps: readonly Step[], signal: AbortSignal, phase: PhaseName): Promise<unknown[]>;
  /** Notes that the environment is to go, so that a later command finishes it. */
  beginDestroy(): Promise<void>;
  /** Stops watching; the cluster is about to go. */
  disconnect(): Promise<void>;
  /** Ends the run: the environment is gone. */
  end(): Promise<void>;
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
    const run = open ?? (begin ? await beginRun(options, journal) : undefined);
    if (run === undefined) throw noEnvironment(environment.name);
    return await buildSession(options, { journal, run, resumed: open !== undefined, release });
  } catch (error) {
    await release();
    throw error;
  }
}

export function noEnvironment(name: string): Failure {
  return new Failure("NO_ENVIRONMENT", `the environment ${name} is not deployed`, {
    why: "this command works on an environment that aura up has deployed",
    fix: "aura up",
  });
}

async function beginRun(options: SessionOptions, journal: Journal): Promise<OpenRun> {
  const { environment, target, clock, random } = options;
  const stamp = new Date(clock.now())
    .toISOString()
    .replace(/[-:]|\..*/g, "")
    .replace("T", "-");
  const run = `${environment.name}-${stamp}-${random.suffix(4)}`;
  const reportDir = options.reportDir ?? join(environment.directory, "report", run);
  await refuseForeignReport(reportDir);
  await writeAtomic(
    environmentPaths(environment.directory, environment.name).snapshot,
    `${JSON.stringify(environment)}\n`,
  );
  await journal.append({ type: "begin", run, target: target.name, reportDir });
  return { run, target: target.name, reportDir, begunAt: clock.now(), steps: [], destroying: false };
}

/** Another run's timeline is never overwritten. */
async function refuseForeignReport(reportDir: string): Promise<void> {
  if ((await readText(join(reportDir, "timeline.jsonl"))) === undefined) return;
  throw new Failure("USAGE", `${reportDir} holds the report of an earlier run`, {
    why: "a report is never overwritten",
    fix: `choose another folder with --report, or: rm -r ${reportDir}`,
  });
}

interface Opened {
  readonly journal: Journal;
  readonly run: OpenRun;
  readonly resumed: boolean;
  readonly release: () => Promise<void>;
}

async function buildSession(options: SessionOptions, opened: Opened): Promise<Session> {
  const { environment, target, clock } = options;
  const { journal, run } = opened;
  const timelinePath = join(run.reportDir, "timeline.jsonl");
  const timeline = await openTimeline(timelinePath, options);
  const clusterTime = followTime(target, clock);
  const link = connection(target);
  let recorder: Recorder | undefined;

  const observe: Session["observe"] = async (observation, at) => {
    const entry = await timeline.write(observation, at ?? (await clusterTime()));
    options.listener(entry);
  };
  const engine = (signal: AbortSignal): EngineContext => ({ journal, observe, signal });
  const stopRecorder = async () => {
    await recorder?.stop();
    recorder = undefined;
  };

  await observe(runObserved(options, run), run.begunAt);
  return {
    options,
    run,
    resumed: opened.resumed,
    entries: timeline.entries,
    observe,
    time: clusterTime,
    api: link.api,
    async record() {
      const api = await link.require();
      recorder ??= startRecorder({ api, clock, time: clusterTime, observe });
      await recorder.ready;
      return recorder;
    },
    phase: (name, work) => runPhase(name, observe, work),
    ensure: (steps, signal) => ensureSteps(engine(signal), steps),
    undo: (steps, signal, phase) => {
      const known = new Set(openRun(journal.entries)?.steps);
      return undoSteps(
        engine(signal),
        steps.filter(({ name }) => known.has(name)),
        phase,
      );
    },
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

async function openTimeline(
  path: string,
  { clock }: SessionOptions,
): Promise<TimelineWriter & { entries: TimelineEntry[] }> {
  const earlier = await readText(path);
  const entries = earlier === undefined ? [] : [...parseTimeline(earlier, path).entries];
  const writer = await timelineWriter({ path, clock });
  return {
    ...writer,
    entries,
    async write(observation, at) {
      const entry = await writer.write(observation, at);
      entries.push(entry);
      return entry;
    },
  };
}

/** The cluster's time: asked for, or the last answer plus the time since. */
function followTime(target: Target, clock: Clock): () => Promise<number> {
  let ahead = 0;
  return async () => {
    const now = await target.now();
    if (now !== undefined) ahead = now - clock.now();
    return clock.now() + ahead;
  };
}

function connection(target: Target) {
  let api: ObjectApi | undefined;
  const require = async () => {
    api ??= await target.connect();
    return api;
  };
  return {
    require,
    async api(): Promise<ObjectApi | undefined> {
      try {
        return await require();
      } catch (error) {
        if (error instanceof Failure && error.code === "CLUSTER_UNREACHABLE") return undefined;
        throw error;
      }
    },
    drop() {
      api = undefined;
    },
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
