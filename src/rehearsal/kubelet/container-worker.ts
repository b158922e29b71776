import { sleep, timestamp } from "../../kernel/clock.ts";
import { messageOf } from "../../kernel/failure.ts";
import { afterStart, beforeStop } from "./hooks.ts";
import { type ContainerProgress, terminated } from "./pod-status.ts";
import { type Exit, type RunningContainer, type Runtime, StartFailure } from "./runtime.ts";
import { withLastWords } from "./termination-message.ts";
import type { Work } from "./work.ts";

export interface Subject {
  readonly progress: ContainerProgress;
  readonly runtime: Runtime;
  /** Default: the pod's. */
  readonly restartPolicy?: string;
  /** Told each time it runs. */
  readonly started?: () => void;
}

const firstBackoffMs = 10_000;
const longestBackoffMs = 300_000;
/** A container that ran this long starts over with the shortest back-off. */
const healthyMs = 600_000;
/** How often a container that waits for something that is not there looks again. */
const lookAgainMs = 10_000;

/**
 * Runs a container, again and again if the restart policy says so: at once the first time, then after 10 s, 20 s, …
 * up to 5 min, as kubelet does. Resolves with its last exit, or undefined when it was interrupted before it ran.
 */
export async function runContainer(work: Work, subject: Subject): Promise<Exit | undefined> {
  const { clock } = work.host;
  let exit = exitBefore(work, subject);
  let backoffMs = 0;
  while (exit === undefined || restarts(work, subject, exit)) {
    if (work.signal.aborted) return exit;
    if (exit !== undefined) {
      if (!(await backOff(work, subject, backoffMs))) return exit;
      backoffMs = Math.min(longestBackoffMs, Math.max(firstBackoffMs, backoffMs * 2));
      subject.progress.restartCount += 1;
    }
    const begun = clock.now();
    const ended = await runOnce(work, subject);
    if (ended === undefined) return exit;
    exit = ended;
    if (clock.now() - begun >= healthyMs) backoffMs = 0;
  }
  return exit;
}

/**
 * Tries until what a pod refers to is there; `waits` is told why it is not. Undefined when the pod was interrupted
 * meanwhile.
 */
export async function onceThere<T>(
  { host, signal }: Work,
  attempt: () => T,
  waits: (failure: StartFailure) => void,
): Promise<Awaited<T> | undefined> {
  while (!signal.aborted) {
    try {
      return await attempt();
    } catch (error) {
      const mayCome = error instanceof StartFailure && /ConfigError|FailedMount/.test(error.reason);
      if (!mayCome) throw error;
      waits(error);
      await sleep(host.clock, lookAgainMs, { signal, background: true }).catch(() => {});
    }
  }
  return undefined;
}

/** The exit of a run before this kubelet started. One that was running then, as a process, is lost: its server was killed. */
function exitBefore({ host }: Work, { progress, runtime }: Subject): Exit | undefined {
  const { state, lastState } = progress;
  const ended = state.terminated ?? (state.waiting?.reason === "CrashLoopBackOff" ? lastState.terminated : undefined);
  if (ended !== undefined) return { exitCode: ended.exitCode, reason: ended.reason ?? "Error" };
  if (state.running === undefined || runtime.survives) return undefined;
  const exit = {
    exitCode: 137,
    reason: "ContainerStatusUnknown",
    message: "The container could not be located when the kubelet started",
  };
  const finishedAt = timestamp(host.clock.now());
  const startedAt = state.running.startedAt ?? finishedAt;
  progress.state = terminated(exit, { startedAt, finishedAt, id: progress.containerId });
  return exit;
}

function restarts(work: Work, subject: Subject, exit: Exit): boolean {
  const policy = policyOf(work, subject);
  return policy === "Always" || (policy === "OnFailure" && exit.exitCode !== 0);
}

function policyOf({ pod }: Work, { restartPolicy }: Subject): string {
  return restartPolicy ?? pod.spec?.restartPolicy ?? "Always";
}

/** False when the pod was interrupted meanwhile. */
async function backOff(work: Work, subject: Subject, delayMs: number): Promise<boolean> {
  const { progress } = subject;
  if (delayMs === 0) return true;
  const { metadata } = work.pod;
  const { name } = progress.container;
  const where = `${name} in pod ${metadata.name}_${metadata.namespace}(${metadata.uid})`;
  const message = `back-off ${delayMs / 1000}s restarting failed container=${where}`;
  const ended = progress.state;
  progress.lastState = ended;
  progress.state = { waiting: { reason: "CrashLoopBackOff", message } };
  work.publish();
  work.event("Warning", "BackOff", `Back-off restarting failed container ${where}`);
  // What restarts for ever is awaited by nobody: time would never run at its own pace again
  const background = policyOf(work, subject) === "Always";
  const waited = await sleep(work.host.clock, delayMs, { signal: work.signal, background }).then(
    () => true,
    () => false,
  );
  if (!waited) progress.state = ended;
  return waited;
}

/** Undefined when the pod was interrupted before the container started. */
async function runOnce(work: Work, subject: Subject): Promise<Exit | undefined> {
  const { clock, random } = work.host;
  const { progress } = subject;
  const before = progress.state.running?.startedAt;
  if (before === undefined) {
    if (!(await pullImage(work, subject))) return undefined;
    if (progress.state.terminated !== undefined) progress.lastState = progress.state;
    progress.containerId = `aura://${random.uuid().replaceAll("-", "")}`;
  }
  const startedAt = before ?? timestamp(clock.now());
  let exit: Exit;
  try {
    const running = await start(work, subject, before);
    if (running === undefined) return undefined;
    exit = await follow(work, subject, { running, startedAt, isNew: before === undefined });
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    exit = { exitCode: 128, reason: error.reason, message: messageOf(error) };
    work.event("Warning", "Failed", `Error: ${messageOf(error)}`);
  }
  progress.state = terminated(exit, { startedAt, finishedAt: timestamp(clock.now()), id: progress.containerId });
  work.publish();
  return exit;
}

async function start(work: Work, { progress, runtime }: Subject, since: string | undefined) {
  const { host, pod, node } = work;
  const { container, restartCount: restart } = progress;
  const openLog = () => host.logs.open(pod, container.name, restart);
  const sinceMs = since === undefined ? {} : { sinceMs: Date.parse(since) };
  return onceThere(
    work,
    () => runtime.start({ pod, node, container, restart, openLog, ...sinceMs }),
    ({ message, reason }) => {
      progress.state = { waiting: { reason, message } };
      work.event("Warning", "Failed", `Error: ${message}`);
      work.publish();
    },
  );
}

/** Stays with a container until it ends. */
async function follow(
  work: Work,
  { progress, started }: Subject,
  run: { readonly running: RunningContainer; readonly startedAt: string; readonly isNew: boolean },
): Promise<Exit> {
  const { container } = progress;
  const running = beforeStop(work, container, run.running);
  work.running.set(container.name, running);
  // the interruption came while it started and found nothing to stop
  if (work.signal.aborted) running.kill();
  progress.state = { running: { startedAt: run.startedAt } };
  if (work.progress.containers.includes(progress)) work.progress.phase = "Running";
  if (run.isNew) {
    work.event("Normal", "Created", `Created container: ${container.name}`);
    work.event("Normal", "Started", `Started container ${container.name}`);
    void afterStart(work, container, running);
  }
  work.publish();
  started?.();
  const exit = await running.exited;
  work.running.delete(container.name);
  return withLastWords(work, progress, exit);
}

/** False when the pod was interrupted meanwhile. */
async function pullImage(work: Work, { progress }: Subject): Promise<boolean> {
  const { host, pod, node, signal, event } = work;
  const { adopted } = work.progress;
  const { container } = progress;
  const image = `image "${container.image ?? ""}"`;
  const isFirst = progress.restartCount === 0 && progress.containerId === "";
  const sinceMs = adopted && isFirst ? host.pullBegun(pod, container.image ?? "") : undefined;
  if (sinceMs === undefined && host.images.needsPull(container, node)) event("Normal", "Pulling", `Pulling ${image}`);
  try {
    const tookMs = await host.images.pull({ pod, container, node, sinceMs }, signal);
    if (signal.aborted) return false;
    const took = tookMs === undefined ? "" : `${(tookMs / 1000).toFixed(3).replace(/\.?0+$/, "")}s`;
    const message =
      tookMs === undefined
        ? `Container ${image} already present on machine`
        : `Successfully pulled ${image} in ${took}`;
    event("Normal", "Pulled", message);
    return true;
  } catch {
    return false;
  }
}
