import type { Node, Pod } from "../../cluster/objects.ts";
import { messageOf } from "../../kernel/failure.ts";
import type { Core } from "../core/core.ts";
import { refOf } from "../core/refs.ts";
import { onceThere, runContainer } from "./container-worker.ts";
import { type Interruption, stopper } from "./interruption.ts";
import { containerStatuses, initialProgress, type PodProgress, phaseStatus } from "./pod-status.ts";
import type { RunningContainer, Runtime } from "./runtime.ts";
import { type Sidecars, sidecarNames, startSidecars } from "./sidecars.ts";
import type { Work, WorkerHost } from "./work.ts";

export type PodWorker = ReturnType<typeof startPodWorker>;

/** Runs one pod on its node from creation to its end, as the kubelet does, writing its status and events on the way. */
export function startPodWorker(host: WorkerHost, pod: Pod, node: Node) {
  const { core, clock } = host;
  const stop = stopper(clock, { isSidecar: (name) => sidecarNames(pod).includes(name) });
  const progress = initialProgress(pod, clock.now());
  const nodeName = node.metadata.name ?? "";
  const isOver = () => stop.cause() === "gone" || stop.cause() === "stopped";
  const publish = () => {
    const current = currentPod(core, pod);
    if (current === undefined || isOver() || host.reports.isSilent(nodeName)) return;
    // whoever ended the pod has the last word on its phase
    const phase = stop.cause() === "finished" ? {} : phaseStatus(progress);
    const status = { ...containerStatuses(current, progress, clock.now()), ...phase };
    core.patch(refOf(pod), { status }, { type: "merge", subresource: "status", fieldManager: "kubelet" });
  };
  const event: Work["event"] = (level, reason, message) => {
    if (!host.reports.isSilent(nodeName)) host.events.record(pod, level, reason, message);
  };
  const fail = (error: unknown) => {
    if (!stop.signal.aborted) failPod(progress, "KubeletError", messageOf(error));
    host.log(`pod ${pod.metadata.namespace}/${pod.metadata.name}: ${messageOf(error)}`);
    stop.interrupt({ kind: "failed", graceMs: 0 });
  };
  const { signal, running, graceLeftMs } = stop;
  const work = { host, pod, node, progress, event, fail, signal, running, publish, graceLeftMs };
  const cancelDeadline = armDeadline(work, () => stop.interrupt({ kind: "deadline", graceMs: graceMsOf(pod) }));

  const run = async () => {
    // not within the notification that brought the pod
    await Promise.resolve();
    try {
      await runPod(work);
    } catch (error) {
      fail(error);
    }
    cancelDeadline();
    stop.conclude();
    conclude(work, stop.cause());
    if (!isOver()) await host.reports.whenHeard(nodeName);
    publish();
    if (stop.cause() !== "stopped") {
      const status = { ...containerStatuses(pod, progress, clock.now()), ...phaseStatus(progress) };
      host.record({ ...pod, status: { ...pod.status, ...status } } as Pod);
    }
    if (!isOver()) finishDeletion(core, pod);
  };
  const done = run().catch((error: unknown) => host.log(messageOf(error)));
  return {
    node: nodeName,
    priority: pod.spec?.priority ?? 0,
    startedMs: Date.parse(progress.startTime),
    interrupt: stop.interrupt,
    /** Writes its status, which a kubelet that did not report has kept to itself. */
    publish,
    running: stop.running as ReadonlyMap<string, RunningContainer>,
    /** Resolves when nothing of the pod runs and its last status is written; never rejects. */
    done,
  };
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
  const { host, pod, node, progress, event } = work;
  const runtime = await host.runtimeOf(pod);
  if ("refused" in runtime) return await refuse(work, runtime.refused);
  if (work.signal.aborted) return;
  host.record(pod);
  if (progress.initContainers.length > 0) {
    for (const one of progress.containers) {
      if (one.state.waiting?.reason === "ContainerCreating") one.state = { waiting: { reason: "PodInitializing" } };
    }
  }
  work.publish();
  await onceThere(
    work,
    () => runtime.mount(pod, node),
    ({ message }) => event("Warning", "FailedMount", message),
  );
  const sidecars = startSidecars(work, runtime);
  try {
    await runContainers(work, runtime, sidecars);
  } finally {
    await sidecars.stop(work.graceLeftMs(graceMsOf(pod)));
  }
}

/** Init containers one after another, then the others side by side. */
async function runContainers(work: Work, runtime: Runtime, sidecars: Sidecars): Promise<void> {
  const { progress } = work;
  for (const init of progress.initContainers) {
    if (await sidecars.start(init)) continue;
    const restartPolicy = work.pod.spec?.restartPolicy === "Never" ? "Never" : "OnFailure";
    const exit = await runContainer(work, { progress: init, runtime, restartPolicy });
    if (exit === undefined) return;
    if (exit.exitCode !== 0) {
      progress.phase = "Failed";
      return;
    }
  }
  progress.initialized = true;
  const exits = await Promise.all(
    progress.containers.map((one) => runContainer(work, { progress: one, runtime }).catch(work.fail)),
  );
  progress.phase = exits.every((exit) => exit?.exitCode === 0) ? "Succeeded" : "Failed";
}

/** A pod that ends has failed. One that is to run for ever waits: its Deployment would make the next at once. */
async function refuse({ pod, progress, event, signal, publish }: Work, message: string): Promise<void> {
  for (const one of progress.containers) one.state = { waiting: { reason: "RuntimeRefused", message } };
  event("Warning", "RuntimeRefused", message);
  if ((pod.spec?.restartPolicy ?? "Always") !== "Always") return failPod(progress, "RuntimeRefused", message);
  publish();
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

function failPod(progress: PodProgress, reason: string, message: string): void {
  Object.assign(progress, { phase: "Failed", reason, message });
}

/** Interruptions that leave a reason of their own, in the words of kubelet. */
const endings: Partial<Record<Interruption["kind"], readonly [reason: string, message: string]>> = {
  deadline: ["DeadlineExceeded", "Pod was active on the node longer than the specified deadline"],
  evicted: ["Evicted", "The node was low on resource: ephemeral-storage. "],
};

/** The last word on a pod that was interrupted. */
function conclude({ progress, event, node }: Work, cause: Interruption["kind"] | undefined): void {
  const ending = cause && endings[cause];
  if (ending !== undefined) {
    failPod(progress, ...ending);
    event("Warning", ...ending);
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
