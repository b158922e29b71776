import { isTerminal, type Job } from "../cluster/objects.ts";
import { isTimeout, waitUntil } from "../kernel/wait.ts";
import { jobNameOf } from "./observations.ts";
import type { Recorder } from "./recorder.ts";
import type { Session } from "./session.ts";

/** In milliseconds of this machine's time: the news of a Job and those of its pods come by watches of their own. */
const longestMs = 5000;

/**
 * A Job may be known to have ended before its pods are: waits for what they say of their end, exit codes and when nodes
 * came free, a few seconds at most. A pod that is being removed may never say it.
 */
export async function podsSeenEnded(session: Session, recorder: Recorder, jobs: readonly Job[]): Promise<void> {
  const { clock } = session.options;
  const names = new Set(jobs.map(({ metadata }) => metadata.name));
  const isOpen = () =>
    [...recorder.pods.values()].some(
      (pod) => names.has(jobNameOf(pod)) && !isTerminal(pod) && pod.metadata.deletionTimestamp === undefined,
    );
  await waitUntil(
    {
      what: "pods to be seen ended",
      timeoutMs: longestMs,
      time: async () => clock.now(),
      clock,
      signal: new AbortController().signal,
      pauseMs: 20,
    },
    () => (isOpen() ? undefined : true),
  ).catch((error: unknown) => {
    if (!isTimeout(error)) throw error;
  });
}
