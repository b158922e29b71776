import { sleep, timestamp } from "../../kernel/clock.ts";
import { messageOf } from "../../kernel/failure.ts";
import { type ContainerProgress, terminated } from "./pod-status.ts";
import { type Exit, type Runtime, StartFailure } from "./runtime.ts";
import type { Work } from "./work.ts";

interface Subject {
  readonly progress: ContainerProgress;
  readonly runtime: Runtime;
  readonly init: boolean;
}

const firstBackoffMs = 10_000;
const longestBackoffMs = 300_000;
/** A container that ran this long starts over with the shortest back-off. */
const healthyMs = 600_000;

/**
 * Runs a container, again and again if the restart policy says so: at once the first time, then after 10 s, 20 s, …
 * up to 5 min, as kubelet does. Resolves with its last exit, or undefined when it was interrupted before it ran.
 */
export async function runContainer(work: Work, subject: Subject): Promise<Exit | undefined> {
  let exit = exitBefore(work, subject.progress);
  let backoffMs = 0;
  while (exit === undefined || restarts(work, subject, exit)) {
    if (work.signal.aborted) return exit;
    if (exit !== undefined) {
      if (!(await backOff(work, subject, backoffMs))) return exit;
      backoffMs = Math.min(longestBackoffMs, Math.max(firstBackoffMs, backoffMs * 2));
      subject.progress.restartCount += 1;
    }
    const begun = work.host.clock.now();
    const ended = await runOnce(work, subject);
    if (ended === undefined) return exit;
    exit = ended;
    if (work.host.clock.now() - begun >= healthyMs) backoffMs = 0;
  }
  return exit;
}

/** The exit of a run before this kubelet started. One that was running then is lost: its server was killed. */
function exitBefore({ host }: Work, progress: ContainerProgress): Exit | undefined {
  const { running, terminated: ended } = progress.state;
  if (ended !== undefined) return { exitCode: ended.exitCode, reason: ended.reason ?? "Error" };
  if (running === undefined) return undefined;
  const exit = {
    exitCode: 137,
    reason: "ContainerStatusUnknown",
    message: "The container could not be located when the kubelet started",
  };
  const finishedAt = timestamp(host.clock.now());
  progress.state = terminated(exit, {
    startedAt: running.startedAt ?? finishedAt,
    finishedAt,
    id: progress.containerId,
  });
  return exit;
}

function restarts({ pod }: Work, { init }: Subject, exit: Exit): boolean {
  const policy = pod.spec?.restartPolicy ?? "Always";
  if (policy === "Never") return false;
  return exit.exitCode !== 0 || (policy === "Always" && !init);
}

/** False when the pod was interrupted meanwhile. */
async function backOff(work: Work, { progress }: Subject, delayMs: number): Promise<boolean> {
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
  const waited = await sleep(work.host.clock, delayMs, { signal: work.signal }).then(
    () => true,
    () => false,
  );
  if (!waited) progress.state = ended;
  return waited;
}

/** Undefined when the pod was interrupted before the container started. */
async function runOnce(work: Work, subject: Subject): Promise<Exit | undefined> {
  const { host, pod, node } = work;
  const { progress, init } = subject;
  const { container } = progress;
  if (!(await pullImage(work, subject))) return undefined;
  if (progress.state.terminated !== undefined) progress.lastState = progress.state;
  progress.containerId = `aura://${host.random.uuid().replaceAll("-", "")}`;
  const startedAt = timestamp(host.clock.now());
  const openLog = () => host.logs.open(pod, container.name, progress.restartCount);
  let exit: Exit;
  try {
    const running = await subject.runtime({ pod, node, container, restart: progress.restartCount, openLog });
    work.running.add(running);
    // the interruption came while it started and found nothing to stop
    if (work.signal.aborted) running.kill();
    progress.state = { running: { startedAt } };
    if (!init) work.progress.phase = "Running";
    work.event("Normal", "Created", `Created container: ${container.name}`);
    work.event("Normal", "Started", `Started container ${container.name}`);
    work.publish();
    exit = await running.exited;
    work.running.delete(running);
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    exit = { exitCode: 128, reason: error.reason, message: messageOf(error) };
    work.event("Warning", "Failed", `Error: ${messageOf(error)}`);
  }
  progress.state = terminated(exit, { startedAt, finishedAt: timestamp(host.clock.now()), id: progress.containerId });
  work.publish();
  return exit;
}

/** False when the pod was interrupted meanwhile. */
async function pullImage({ host, pod, node, signal, event }: Work, { progress }: Subject): Promise<boolean> {
  const { container } = progress;
  const image = `image "${container.image ?? ""}"`;
  if (host.images.needsPull(container, node)) event("Normal", "Pulling", `Pulling ${image}`);
  try {
    const tookMs = await host.images.pull(pod, container, node, signal);
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
