import type { ObjectApi } from "../../cluster/api.ts";
import { type Job, keyOf } from "../../cluster/objects.ts";
import { type Clock, sleep } from "../../kernel/clock.ts";
import { endingOf } from "../../lifecycle/job-endings.ts";
import { runJobsOf } from "./log-jobs.ts";
import { clusterStreams, type LogJob, type LogStream } from "./log-streams.ts";

export interface Following {
  readonly api: ObjectApi;
  readonly run: string;
  readonly jobs: readonly LogJob[];
  readonly container?: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Prints a log to its end. */
  readonly print: (stream: LogStream) => Promise<void>;
}

/** How long until pods that have come meanwhile are noticed. */
const pauseMs = 500;

/** Prints what the jobs' containers print, those of pods that are yet to come included, until the jobs have ended. */
export async function follow(following: Following): Promise<void> {
  const { api, run, jobs, container, clock, signal, print } = following;
  const begun = new Map<string, Promise<void>>();
  const choice = { follow: true, previous: false, ...(container !== undefined && { container }) };
  for (let ended = false; ; ) {
    for (const job of jobs) {
      for (const stream of await clusterStreams(api, job, choice)) {
        if (!begun.has(stream.key)) begun.set(stream.key, print(stream));
      }
    }
    // once more after the end: a container may have started just before it
    if (ended) break;
    ended = areOver(await runJobsOf(api, run), jobs);
    if (!ended) await sleep(clock, pauseMs, { signal, background: true });
  }
  await Promise.all(begun.values());
  signal.throwIfAborted();
}

/** Whether the jobs have ended; one that is gone has, too. */
export function areOver(found: readonly Job[], jobs: readonly LogJob[]): boolean {
  return jobs.every((job) => {
    const one = found.find((each) => keyOf(each) === `${job.namespace}/${job.name}`);
    return one === undefined || endingOf(one) !== undefined;
  });
}
