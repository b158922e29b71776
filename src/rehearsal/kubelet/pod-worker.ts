import type { Node, Pod } from "../../cluster/objects.ts";
import { type Clock, timestamp } from "../../kernel/clock.ts";
import { messageOf } from "../../kernel/failure.ts";
import type { Random } from "../../kernel/random.ts";
import type { Core } from "../core/core.ts";
import { runContainer } from "./container-worker.ts";
import type { Images } from "./images.ts";
import type { LogStore } from "./log-store.ts";
import { type PodEvent, podEvents } from "./pod-events.ts";
import { initialProgress, type PodProgress, podStatus } from "./pod-status.ts";
import type { Exit, RunningContainer, Runtime } from "./runtime.ts";

/** Why a pod does not run to its end, and how long it may take to stop. */
export interface Interruption {
  /**
   * `deleted` its object is being deleted · `deadline` it ran too long · `finished` someone else ended it ·
   * `node-lost` its node is gone · `gone` its object is gone · `stopped` the kubelet stops
   */
  readonly kind: "deleted" | "deadline" | "finished" | "node-lost" | "gone" | "stopped";
  readonly graceMs: number;
}

export interface WorkerHost {
  readonly core: Core;
  readonly clock: Clock;
  readonly random: Random;
  readonly images: Images;
  readonly logs: LogStore;
  /** How this pod's containers are run, or why they are not. */
  readonly runtimeOf: (pod: Pod) => Promise<Runtime | { readonly refused: string }>;
  readonly log: (message: string) => void;
}

export interface PodWorker {
  readonly node: string;
  interrupt(interruption: Interruption): void;
  /** Resolves when nothing of the pod runs and its last status is written; never rejects. */
  readonly done: Promise<void>;
}

/** What a pod's containers share while they run. */
export interface Work {
  readonly host: WorkerHost;
  readonly pod: Pod;
  readonly node: Node;
  readonly progress: PodProgress;
  readonly event: PodEvent;
  /** Aborts at the first interruption. */
  readonly signal: AbortSignal;
  readonly running: Set<RunningContainer>;
  /** Writes the status. */
  publish(): void;
}

/** Runs one pod on its node from creation to its end, as the kubelet does, writing its status and events on the way. */
export function startPodWorker(host: WorkerHost, pod: Pod, node: Node): PodWorker {
  const { core, clock } = host;
  const abort = new AbortController();
  let interruption: Interruption | undefined;
  let concluding = false;
  const running = new Set<RunningContainer>();
  const progress = initialProgress(pod, clock.now());
  const isSilent = () => interruption?.kind === "gone" || interruption?.kind === "stopped";
  const publish = () => {
    const current = currentPod(core, pod);
    if (current === undefined || isSilent()) return;
    const {
      phase: _,
      reason: __,
      message: ___,
      ...containers
    } = podStatus(current, progress, clock.now()) as PodProgress;
    // whoever ended the pod has the last word on its phase
    const status = interruption?.kind === "finished" ? containers : podStatus(current, progress, clock.now());
    core.patch(refOf(pod), { status }, { type: "merge", subresource: "status", fieldManager: "kubelet" });
  };
  const work: Work = {
    host,
    pod,
    node,
    progress,
    event: podEvents({ core, now: clock.now, random: host.random }, pod),
    signal: abort.signal,
    running,
    publish,
  };

  const interrupt = (next: Interruption) => {
    if (concluding && next.kind !== "stopped" && next.kind !== "gone") return;
    if (interruption === undefined || overrides.has(next.kind)) interruption = next;
    abort.abort(new Error(next.kind));
    if (next.graceMs <= 0) return kill(running);
    for (const container of running) container.terminate();
    // real processes hold the clock, so that their grace is real time
    clock.schedule(next.graceMs, () => kill(running), { background: true });
  };
  const cancelDeadline = armDeadline(work, () => interrupt({ kind: "deadline", graceMs: graceMsOf(pod) }));

  const run = async () => {
    // not within the notification that brought the pod
    await Promise.resolve();
    try {
      await runPod(work);
    } catch (error) {
      if (!abort.signal.aborted) failPod(progress, "KubeletError", messageOf(error));
      host.log(`pod ${pod.metadata.namespace}/${pod.metadata.name}: ${messageOf(error)}`);
    }
    cancelDeadline();
    concluding = true;
    conclude(work, interruption);
    publish();
    if (!isSilent()) finishDeletion(core, pod);
  };
  return { node: node.metadata.name ?? "", interrupt, done: run().catch((error) => host.log(messageOf(error))) };
}

const overrides = new Set<Interruption["kind"]>(["gone", "stopped", "node-lost"]);

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
function conclude({ progress, event, node }: Work, interruption: Interruption | undefined): void {
  if (interruption?.kind === "deadline") {
    const message = "Pod was active on the node longer than the specified deadline";
    failPod(progress, "DeadlineExceeded", message);
    event("Warning", "DeadlineExceeded", message);
  }
  if (interruption?.kind === "node-lost") failPod(progress, "NodeLost", `node ${node.metadata.name} is gone`);
  // a pod that was stopped before its containers ended has not succeeded
  if (progress.phase === "Pending" || progress.phase === "Running") progress.phase = "Failed";
}

function armDeadline({ host, pod, progress }: Work, passed: () => void): () => void {
  const seconds = pod.spec?.activeDeadlineSeconds;
  if (seconds === undefined) return () => {};
  const left = Date.parse(progress.startTime) + seconds * 1000 - host.clock.now();
  return host.clock.schedule(Math.max(0, left), passed, { background: true });
}

function kill(running: ReadonlySet<RunningContainer>): void {
  for (const container of running) container.kill();
}

function currentPod(core: Core, pod: Pod): Pod | undefined {
  const current = core.find<Pod>(refOf(pod));
  return current?.metadata.uid === pod.metadata.uid ? current : undefined;
}

function refOf({ metadata: { name = "", namespace = "default" } }: Pod) {
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace } };
}
