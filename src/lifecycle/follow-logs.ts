import { join } from "node:path";

import type { ObjectApi } from "../cluster/api.ts";
import type { Pod } from "../cluster/objects.ts";
import { type Clock, sleep } from "../kernel/clock.ts";
import { collectedPods } from "./collected-pods.ts";
import { type CopyEnd, copyRun } from "./log-copy.ts";
import { hasEnded, isOver, keyOfRun, type LogRun, latestRuns, logPath } from "./log-runs.ts";
import type { Recorder } from "./recorder.ts";
import type { Session } from "./session.ts";
import { type Slots, slots } from "./slots.ts";

/** Copies logs into the report's folder while they are written. */
export interface LogFollower {
  /** Waits until the logs of what has ended are copied; gives up when nothing has come for five seconds. */
  drained(): Promise<void>;
  /** Stops following a run; whether all of its log is in its file. */
  finish(run: LogRun): Promise<boolean>;
}

/** A server bounds its connections, and one that follows holds one. What finds no place is read when it has ended. */
const mostStreams = 64;
const quietMs = 5000;
/** A container's last word in its log and in its status come one after the other. */
const apartMs = 500;
const firstPauseMs = 1000;
const longestPauseMs = 30_000;

const followers = new WeakMap<Recorder, LogFollower>();

/** The follower that `followLogs` started, if it did. */
export function followerOf(recorder: Recorder): LogFollower | undefined {
  return followers.get(recorder);
}

/**
 * Follows the log of every run of every container for as long as the recorder watches, so that a pod that is evicted, or
 * whose node is reclaimed, leaves its log behind. Asked again, answers with the same follower.
 */
export function followLogs(session: Session, recorder: Recorder): LogFollower {
  const existing = followers.get(recorder);
  if (existing !== undefined) return existing;
  const follower = startFollower(session, recorder);
  followers.set(recorder, follower);
  return follower;
}

interface Following {
  readonly run: LogRun;
  readonly abort: AbortController;
  /** Whether the log is whole. */
  readonly done: Promise<boolean>;
  pending: boolean;
}

function startFollower(session: Session, recorder: Recorder): LogFollower {
  const { clock } = session.options;
  const runs = new Map<string, Following>();
  const looked = new Map<string, Pod>();
  const home = collectedPods(session.entries);
  const host: Host = { session, recorder, api: session.api(), take: slots(mostStreams), moves: 0 };

  const begin = (run: LogRun) => {
    const abort = new AbortController();
    const done = followRun(host, run, abort.signal)
      .catch(() => false)
      .finally(() => {
        following.pending = false;
        host.moves += 1;
      });
    const following: Following = { run, abort, done, pending: true };
    runs.set(keyOfRun(run), following);
  };
  const look = () => {
    for (const [uid, pod] of recorder.pods) {
      if (looked.get(uid) === pod || home.has(uid)) continue;
      looked.set(uid, pod);
      for (const run of latestRuns(pod)) if (!runs.has(keyOfRun(run))) begin(run);
    }
  };
  const off = recorder.onChange(look);
  recorder.beforeStop(async () => {
    off();
    for (const { abort } of runs.values()) abort.abort();
    await Promise.all([...runs.values()].map(({ done }) => done));
  });
  look();

  const isDraining = ({ run, pending }: Following) => {
    const pod = latestOf(recorder, run);
    return pending && (isOver(pod, run) || hasEnded(pod));
  };
  return {
    drained: () => untilQuiet(clock, host, () => [...runs.values()].some(isDraining)),
    async finish(run) {
      const following = runs.get(keyOfRun(run));
      following?.abort.abort();
      return (await following?.done) ?? false;
    },
  };
}

interface Host {
  readonly session: Session;
  readonly recorder: Recorder;
  readonly api: Promise<ObjectApi | undefined>;
  readonly take: Slots;
  /** Raised by all that comes. */
  moves: number;
}

/** Waits while `isBusy`, and while something moves at least every five seconds of this machine's time. */
async function untilQuiet(clock: Clock, host: Host, isBusy: () => boolean): Promise<void> {
  let [moves, since] = [host.moves, clock.now()];
  while (isBusy()) {
    if (host.moves !== moves) [moves, since] = [host.moves, clock.now()];
    else if (clock.now() - since >= quietMs) return;
    await sleep(clock, 10);
  }
}

/** Copies a run's log to its end, again when the stream ends before the run does; whether it is whole. */
async function followRun(host: Host, run: LogRun, signal: AbortSignal): Promise<boolean> {
  let isCleanSoFar = false;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const wasOver = isOverNow(host, run);
    const { end } = await host.take(() => copyOnce(host, run, signal), signal);
    if (signal.aborted) return false;
    // a runtime that keeps no logs answers at once, and with nothing: then there was nothing to miss
    if (end === "gone") return isCleanSoFar;
    isCleanSoFar = end === "whole";
    const isAtEnd = wasOver || (await overWithin(host, run, { ms: apartMs, signal }));
    if (isAtEnd && (isCleanSoFar || wasOver)) return isCleanSoFar;
    if (!isAtEnd) await overWithin(host, run, { ms: pauseMs, signal });
  }
}

async function copyOnce(host: Host, run: LogRun, signal: AbortSignal): Promise<CopyEnd> {
  const api = await host.api;
  if (api === undefined) return { end: "gone" };
  const onChunk = () => {
    host.moves += 1;
  };
  const path = join(host.session.run.reportDir, logPath(run));
  return copyRun(api, { run, path, follow: true, signal, onChunk });
}

function isOverNow({ recorder }: Host, run: LogRun): boolean {
  return isOver(latestOf(recorder, run), run);
}

function latestOf({ pods }: Recorder, { pod }: LogRun): Pod {
  return pods.get(pod.metadata.uid ?? "") ?? pod;
}

/** Waits until a run is over, for a bounded time; whether it is. */
async function overWithin(
  host: Host,
  run: LogRun,
  { ms, signal }: { readonly ms: number; readonly signal: AbortSignal },
): Promise<boolean> {
  if (isOverNow(host, run)) return true;
  const over = new AbortController();
  const off = host.recorder.onChange(() => {
    if (isOverNow(host, run)) over.abort();
  });
  await sleep(host.session.options.clock, ms, {
    signal: AbortSignal.any([signal, over.signal]),
    background: true,
  }).catch(() => undefined);
  off();
  return over.signal.aborted;
}
