import { keyOf, type Pod } from "../cluster/objects.ts";
import { isTimeout, waitUntil } from "../kernel/wait.ts";
import { collectMetrics } from "./collect-metrics.ts";
import { collectPod } from "./collect-pod.ts";
import { collectedPods } from "./collected-pods.ts";
import { endingPodsEnded, endJobs, jobPods } from "./end-jobs.ts";
import { forgetEnding, readEnding } from "./ending-pods.ts";
import { followerOf, followLogs } from "./follow-logs.ts";
import { observeEnded } from "./job-endings.ts";
import { hasEnded } from "./log-runs.ts";
import { podObservations } from "./observations.ts";
import type { Recorder } from "./recorder.ts";
import type { Session } from "./session.ts";
import { slots } from "./slots.ts";

export interface CollectOptions {
  /** Wait until the idle nodes were let go: the proof that scaling down works. */
  readonly releaseIdle: boolean;
  /** The environment is about to be destroyed: end the jobs first, in good order. Default false. */
  readonly endJobs?: boolean;
  readonly signal: AbortSignal;
}

/** Pods collected at a time. */
const atOnce = 16;

/** Brings logs and outputs of every ended pod of the run home, the pods that are gone included, as far as they left any. */
export async function collect(session: Session, options: CollectOptions): Promise<void> {
  const { signal } = options;
  await session.phase("collect", async () => {
    const recorder = await session.record();
    await observeEnded(session, recorder.jobs.values());
    if (options.endJobs === true) await endWork(session, recorder, signal);
    else await endingPodsEnded(session, recorder, signal);
    await collectEnded(session, recorder, signal);
    if (options.releaseIdle) await idleNodesReleased(session, recorder, signal);
    signal.throwIfAborted();
    await collectMetrics(session);
  });
}

/** A removed pod's log cannot be asked for: it is followed to its end. */
async function endWork(session: Session, recorder: Recorder, signal: AbortSignal): Promise<void> {
  const logs = followLogs(session, recorder);
  await endJobs(session, recorder, signal);
  await logs.drained();
}

async function collectEnded(session: Session, recorder: Recorder, signal: AbortSignal): Promise<void> {
  const collected = collectedPods(session.entries);
  const ended = await endedPods(session, recorder);
  const collecting = { session, api: await session.api(), logs: followerOf(recorder), signal };
  const take = slots(atOnce);
  const left = ended.filter(({ metadata }) => !collected.has(metadata.uid ?? ""));
  await Promise.all(left.map((pod) => take(() => collectPod(collecting, pod))));
  if (!signal.aborted) await forgetEnding(session);
}

/**
 * Pods that were removed while no command watched are known from a record only: of a command that ended them and did
 * not come to collect them, or of the target that has their files.
 */
async function endedPods(session: Session, recorder: Recorder): Promise<Pod[]> {
  const remembered = [...(await session.options.target.remains()), ...(await readEnding(session))];
  const forgotten = new Map(remembered.map((pod) => [pod.metadata.uid ?? "", pod]));
  for (const uid of recorder.pods.keys()) forgotten.delete(uid);
  await observeForgotten(session, jobPods(forgotten.values()));
  return [...jobPods(recorder.pods.values()).filter(hasEnded), ...jobPods(forgotten.values())];
}

/** Tells of their lives what no command saw. */
async function observeForgotten(session: Session, pods: readonly Pod[]): Promise<void> {
  const seen = session.entries.flatMap((entry) => (entry.type === "pod" ? `${entry.uid} ${entry.state}` : []));
  const known = new Set(seen);
  for (const { at, observation } of pods.flatMap(podObservations)) {
    if (!known.has(`${observation.uid} ${observation.state}`)) await session.observe(observation, at);
  }
}

/** Waits as long as the longest hold and what surrounds it; that nodes are still there then is told, not fatal. */
async function idleNodesReleased(session: Session, recorder: Recorder, signal: AbortSignal): Promise<void> {
  const { environment, clock } = session.options;
  const longestHold = Math.max(0, ...environment.pools.map(({ holdMs }) => holdMs));
  if (recorder.nodeClaims.size === 0) return;
  await session.observe({
    type: "step",
    phase: "collect",
    step: "idle-nodes",
    state: "started",
    message: "idle nodes let go",
  });
  try {
    await waitUntil(
      { what: "idle nodes to be let go", timeoutMs: longestHold + 10 * 60_000, time: session.time, clock, signal },
      () => (recorder.nodeClaims.size === 0 ? true : undefined),
    );
    await session.observe({ type: "step", phase: "collect", step: "idle-nodes", state: "succeeded" });
  } catch (error) {
    if (!isTimeout(error)) throw error;
    const names = [...recorder.nodeClaims.values()].map(keyOf).join(", ");
    await session.observe({
      type: "step",
      phase: "collect",
      step: "idle-nodes",
      state: "failed",
      message: `still there: ${names}`,
    });
  }
}
