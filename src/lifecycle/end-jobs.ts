import { isTerminal, keyOf, type Pod } from "../cluster/objects.ts";
import { messageOf } from "../kernel/failure.ts";
import { isTimeout, waitUntil } from "../kernel/wait.ts";
import { jobSteps } from "./destroy.ts";
import { rememberEnding } from "./ending-pods.ts";
import { kinds } from "./kinds.ts";
import { hasEnded, isRunning } from "./log-runs.ts";
import { jobNameLabel, jobNameOf } from "./observations.ts";
import type { Recorder } from "./recorder.ts";
import type { Session } from "./session.ts";

const defaultGraceSeconds = 30;
/** On top of the grace period: for the signal to get there, and the last status to get back. */
const slackMs = 30_000;

/** The pods of jobs, whoever's, that are or were there. */
export function jobPods(pods: Iterable<Pod>): Pod[] {
  return [...pods].filter(jobNameOf);
}

/**
 * Deletes the jobs of this run: their pods get SIGTERM and their grace period, in which a checkpoint may be written.
 * What could not be deleted is told; destroy tries it again.
 */
export async function endJobs(session: Session, recorder: Recorder, signal: AbortSignal): Promise<void> {
  const steps = await jobSteps(session);
  const keys = new Set(steps.map(({ name }) => name.slice("job/".length)));
  const running = jobPods(recorder.pods.values()).filter((pod) => keys.has(jobKeyOf(pod)) && !hasEnded(pod));
  await rememberEnding(session, running);
  await session.beginDestroy();
  for (const error of await session.undoJobs(steps, signal, "collect")) {
    const message = `not all jobs could be ended: ${messageOf(error)}`;
    await warn(session, { kind: "Job", name: session.run.run, reason: "JobNotEnded", message });
  }
  await podsEnded(session, recorder, { signal, isEnding: (pod) => keys.has(jobKeyOf(pod)) || isBeingRemoved(pod) });
}

/** Waits until pods that are about to end have ended: what they write in their grace period is theirs, too. */
export async function endingPodsEnded(session: Session, recorder: Recorder, signal: AbortSignal): Promise<void> {
  if (!jobPods(recorder.pods.values()).some(isBeingRemoved)) return;
  await podsEnded(session, recorder, { signal, isEnding: isBeingRemoved });
}

function isBeingRemoved(pod: Pod): boolean {
  return hasEnded(pod) && isRunning(pod);
}

function jobKeyOf(pod: Pod): string {
  return `${pod.metadata.namespace ?? "default"}/${jobNameOf(pod)}`;
}

interface Ending {
  readonly signal: AbortSignal;
  readonly isEnding: (pod: Pod) => boolean;
}

/** Bounded by the longest grace period of the pods, in this machine's time: real processes do not stop any faster. */
async function podsEnded(session: Session, recorder: Recorder, { signal, isEnding }: Ending): Promise<void> {
  const { clock } = session.options;
  const api = await session.api();
  if (api === undefined) return;
  const graces = jobPods(recorder.pods.values()).map(graceSecondsOf);
  const timeoutMs = Math.max(0, ...graces) * 1000 + slackMs;
  const labelSelector = [jobNameLabel, session.scope.pods.labelSelector].filter(Boolean).join(",");
  let left: Pod[] = [];
  try {
    await waitUntil({ what: "pods to end", timeoutMs, time: async () => clock.now(), clock, signal }, async () => {
      const { items } = await api.list<Pod>({ ...kinds.pod, labelSelector });
      left = items.filter((pod) => isEnding(pod) && (!isTerminal(pod) || isRunning(pod)));
      return left.length === 0 ? true : undefined;
    });
  } catch (error) {
    if (!isTimeout(error)) throw error;
    const message = `still running after its grace period: ${left.map(keyOf).join(", ")}`;
    await warn(session, { kind: "Pod", name: left[0]?.metadata.name ?? "", reason: "PodNotEnded", message });
  }
}

function graceSecondsOf({ metadata, spec }: Pod): number {
  return metadata.deletionGracePeriodSeconds ?? spec?.terminationGracePeriodSeconds ?? defaultGraceSeconds;
}

function warn(
  session: Session,
  event: { readonly kind: string; readonly name: string; readonly reason: string; readonly message: string },
): Promise<void> {
  return session.observe({ type: "event", level: "Warning", ...event });
}
