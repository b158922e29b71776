import type { Node, Pod } from "../../cluster/objects.ts";
import { messageOf } from "../../kernel/failure.ts";
import type { Core } from "../core/core.ts";
import { runContainer } from "./container-worker.ts";
import { type Interruption, stopper } from "./interruption.ts";
import { containerStatuses, initialProgress, type PodProgress, phaseStatus } from "./pod-status.ts";
import type { Exit } from "./runtime.ts";
import type { Work, WorkerHost } from "./work.ts";

export interface PodWorker {
  readonly node: string;
  interrupt(interruption: Interruption): void;
  /** Resolves when nothing of the pod runs and its last status is written; never rejects. */
  readonly done: Promise<void>;
}

/** Runs one pod on its node from creation to its end, as the kubelet does, writing its status and events on the way. */
export function startPodWorker(host: WorkerHost, pod: Pod, node: Node): PodWorker {
  const { core, clock } = host;
  const stop = stopper(clock);
  const progress = initialProgress(pod, clock.now());
  const isSilent = () => stop.cause() === "gone" || stop.cause() === "stopped";
  const publish = () => {
    const current = currentPod(core, pod);
    if (current === undefined || isSilent()) return;
    // whoever ended the pod has the last word on its phase
    const phase = stop.cause() === "finished" ? {} : phaseStatus(progress);
    const status = { ...containerStatuses(current, progress, clock.now()), ...phase };
    core.patch(refOf(pod), { status }, { type: "merge", subresource: "status", fieldManager: "kubelet" });
  };
  const event: Work["event"] = (level, reason, message) => host.events.record(pod, level, reason, message);
  const work = { host, pod, node, progress, event, signal: stop.signal, running: stop.running, publish };
  const cancelDeadline = armDeadline(work, () => stop.interrupt({ kind: "deadline", graceMs: graceMsOf(pod) }));

  const run = async () => {
    // not within the notification that brought the pod
    await Promise.resolve();
    try {
      await runPod(work);
    } catch (error) {
      if (!stop.signal.aborted) failPod(progress, "KubeletError", messageOf(error));
      host.log(`pod ${pod.metadata.namespace}/${pod.metadata.name}: ${messageOf(error)}`);
      await stop.killAll();
    }
    cancelDeadline();
    stop.conclude();
    conclude(work, stop.cause());
    publish();
    if (stop.cause() !== "stopped") {
      const status = { ...containerStatuses(pod, progress, clock.now()), ...phaseStatus(progress) };
      host.record({ ...pod, status: { ...pod.status, ...status } } as Pod);
    }
    if (!isSilent()) finishDeletion(core, pod);
  };
  const done = run().catch((error: unknown) => host.log(messageOf(error)));
  return { node: node.metadata.name ?? "", interrupt: stop.interrupt, done };
}

/** How long a pod may take to stop: 30 s unless it says otherwise. */
export function graceMsOf(pod: Pod): number {
  return (pod.metadata.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000;
}

/** Removes an object whose deletion waited for its containers. */
export function finishDeletion(core: Core, pod: Pod): void {
  const current = currentPod(core, pod);
  if (current?.metadata.deletionTimestamp === undefined) return;
  core.delete(refOf(pod), {
    gracePeriodSeconds: 0,
    ...(pod.metadata.uid === undefined ? {} : { uid: pod.metadata.uid }),
  });
}

async function runPod(work: Work): Promise<void> {
  const { host, pod, progress } = work;
  const runtime = await host.runtimeOf(pod);
  if (typeof runtime !== "function") return refuse(work, runtime.refused);
  if (work.signal.aborted) return;
  host.record(pod);
  if (progress.initContainers.length > 0) {
    for (const { state } of progress.containers) if (state.waiting) state.waiting.reason = "PodInitializing";
  }
  work.publish();
  for (const init of progress.initContainers) {
    const exit = await runContainer(work, { progress: init, runtime, init: true });
    if (exit?.exitCode !== 0) return failInit(progress, exit);
  }
  progress.initialized = true;
  const exits = await Promise.all(
    progress.containers.map((one) => runContainer(work, { progress: one, runtime, init: false })),
  );
  progress.phase = exits.every((exit) => exit?.exitCode === 0) ? "Succeeded" : "Failed";
}

function refuse({ progress, event }: Work, message: string): void {
  for (const one of progress.containers) one.state = { waiting: { reason: "RuntimeRefused", message } };
  failPod(progress, "RuntimeRefused", message);
  event("Warning", "RuntimeRefused", message);
}

function failInit(progress: PodProgress, exit: Exit | undefined): void {
  if (exit !== undefined) progress.phase = "Failed";
}

function failPod(progress: PodProgress, reason: string, message: string): void {
  Object.assign(progress, { phase: "Failed", reason, message });
}

/** The last word on a pod that was interrupted. */
function conclude({ progress, event, node }: Work, cause: Interruption["kind"] | undefined): void {
  if (cause === "deadline") {
    const message = "Pod was active on the node longer than the specified deadline";
    failPod(progress, "DeadlineExceeded", message);
    event("Warning", "DeadlineExceeded", message);
  }
  if (cause === "node-lost") failPod(progress, "NodeLost", `node ${node.metadata.name} is gone`);
  // a pod that was stopped before its containers ended has not succeeded
  if (progress.phase === "Pending" || progress.phase === "Running") progress.phase = "Failed";
}

function armDeadline({ host, pod, progress }: Work, passed: () => void): () => void {
  const seconds = pod.spec?.activeDeadlineSeconds;
  if (seconds === undefined) return () => {};
  const left = Date.parse(progress.startTime) + seconds * 1000 - host.clock.now();
  return host.clock.schedule(Math.max(0, left), passed, { background: true });
}

function currentPod(core: Core, pod: Pod): Pod | undefined {
  const current = core.find<Pod>(refOf(pod));
  return current?.metadata.uid === pod.metadata.uid ? current : undefined;
}

function refOf({ metadata: { name = "", namespace = "default" } }: Pod) {
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace } };
}
