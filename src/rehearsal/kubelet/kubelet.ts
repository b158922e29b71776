import type { Node, Pod } from "../../cluster/objects.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import type { Core } from "../core/core.ts";
import { eventRecorder } from "../core/events.ts";
import { chooseRuntime, needsEngine, type RuntimeSetting } from "./choose-runtime.ts";
import { type ContainerEngine, findEngine } from "./container-engine.ts";
import { type ContainerHost, containerRuntime } from "./container-runtime.ts";
import type { SimulatedGpu } from "./gpu-shim.ts";
import { hostGpus } from "./host-gpus.ts";
import { type ImagePullMs, imageStore } from "./images.ts";
import type { LogSource } from "./log-source.ts";
import { logStore } from "./log-store.ts";
import { writePodRecord } from "./pod-record.ts";
import { finishDeletion, graceMsOf, type PodWorker, startPodWorker } from "./pod-worker.ts";
import { type ProcessHost, processRuntime } from "./process-runtime.ts";
import { reap } from "./reaper.ts";
import type { Runtime } from "./runtime.ts";
import { timerRuntime } from "./timer-runtime.ts";
import { type PodUsage, usageSampler } from "./usage.ts";
import type { ReadEntries } from "./volumes.ts";
import type { WorkerHost } from "./work.ts";

export interface KubeletDeps {
  readonly core: Core;
  /** A warped clock is held at real time while a real process runs. */
  readonly clock: Clock & { hold?(): () => void };
  readonly random: Random;
  /** Everything that pods leave on disk is below it: `pods`, `logs`, `pids`. */
  readonly dataDir: string;
  readonly runtime: RuntimeSetting;
  readonly imagePullMs: ImagePullMs;
  readonly gpuOf: (node: Node) => SimulatedGpu | undefined;
  /** This machine's environment. Pods get PATH and LANG of it, a container engine's client what it needs. */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  /** Told of what went wrong inside the kubelet itself. */
  readonly log?: (message: string) => void;
}

export interface Kubelet {
  /** Kills everything at once and resolves when nothing runs. Statuses stay as they are. */
  stop(): Promise<void>;
  readonly logs: LogSource;
  /** The latest of every pod that runs or ran as real processes and still exists. */
  usage(): PodUsage[];
}

const pods = { apiVersion: "v1", kind: "Pod" };
const nodes = { apiVersion: "v1", kind: "Node" };

/**
 * The kubelet of every node in the cluster. Call `reap(dataDir)` first where an earlier server may have crashed.
 * Not rehearsed: probes, hooks, sidecars, pod networks, resource eviction.
 */
export function startKubelet(deps: KubeletDeps): Kubelet {
  const { core, clock, random, dataDir } = deps;
  const log = deps.log ?? (() => {});
  const logs = logStore({ dataDir, clock });
  const gpus = hostGpus(deps.hostEnv["PATH"]);
  const sampler = usageSampler({ clock, gpus });
  const images = imageStore(clock, deps.imagePullMs);
  const hold = () => clock.hold?.() ?? (() => {});
  const runtimeOf = runtimes(deps, (pod) => {
    const { hostEnv, gpuOf } = deps;
    return { dataDir, hostEnv, gpuOf, hold, gpus, sampler, entries: entriesOf(core, pod) };
  });
  const host: WorkerHost = {
    core,
    clock,
    random,
    images,
    logs,
    events: eventRecorder(core, clock, "kubelet"),
    runtimeOf,
    record: (pod) => writePodRecord(dataDir, pod),
    log,
  };
  const watch = watchPods(host, sampler.forget);

  return {
    async stop() {
      await watch.stop();
      images.stop();
      await reap(dataDir);
    },
    logs,
    usage: sampler.usage,
  };
}

/** Gives every pod that is on a node a worker, and tells it of what happens to the pod and to the node. */
function watchPods(host: WorkerHost, forget: (uid: string) => void): { stop(): Promise<void> } {
  const { core, images } = host;
  const workers = new Map<string, PodWorker>();

  const consider = (pod: Pod) => {
    const uid = pod.metadata.uid ?? "";
    const worker = workers.get(uid);
    if (worker !== undefined) return inform(worker, pod);
    if (pod.spec?.nodeName === undefined || isFinished(pod)) return;
    // nothing of it runs: its deletion has nothing to wait for
    if (pod.metadata.deletionTimestamp !== undefined) return finishDeletion(core, pod);
    const node = core.find<Node>({ ...nodes, metadata: { name: pod.spec.nodeName } });
    if (node === undefined) return;
    const started = startPodWorker(host, pod, node);
    workers.set(uid, started);
    void started.done.then(() => workers.delete(uid));
  };
  const considerAll = () => core.list<Pod>(pods).items.forEach(consider);
  const lose = ({ metadata: { name = "" } }: Node) => {
    for (const worker of workers.values()) {
      if (worker.node === name) worker.interrupt({ kind: "node-lost", graceMs: 0 });
    }
    images.forget(name);
  };
  const unsubscribe = [
    core.subscribe<Pod>(pods, ({ type, object }) => {
      if (type !== "DELETED") return consider(object);
      workers.get(object.metadata.uid ?? "")?.interrupt({ kind: "gone", graceMs: 0 });
      forget(object.metadata.uid ?? "");
    }),
    core.subscribe<Node>(nodes, ({ type, object }) => {
      if (type === "ADDED") considerAll();
      if (type === "DELETED") lose(object);
    }),
  ];
  considerAll();

  return {
    async stop() {
      for (const end of unsubscribe) end();
      const all = [...workers.values()];
      for (const worker of all) worker.interrupt({ kind: "stopped", graceMs: 0 });
      await Promise.all(all.map((worker) => worker.done));
    },
  };
}

/** Tells a worker what happened to its pod's object. */
function inform(worker: PodWorker, pod: Pod): void {
  if (pod.metadata.deletionTimestamp !== undefined) worker.interrupt({ kind: "deleted", graceMs: graceMsOf(pod) });
  else if (isFinished(pod)) worker.interrupt({ kind: "finished", graceMs: graceMsOf(pod) });
}

function isFinished(pod: Pod): boolean {
  return pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}

/** Picks each pod's runtime; looks for a container engine once, when a pod first needs one. */
function runtimes(deps: KubeletDeps, hostOf: (pod: Pod) => ProcessHost & ContainerHost): WorkerHost["runtimeOf"] {
  let looked: Promise<ContainerEngine | undefined> | undefined;
  const engineFor = (pod: Pod) => {
    if (!needsEngine(pod.metadata.annotations, deps.runtime)) return undefined;
    looked ??= findEngine(deps.hostEnv);
    return looked;
  };
  return async (pod): Promise<Runtime | { readonly refused: string }> => {
    const { annotations } = pod.metadata;
    const engine = await engineFor(pod);
    const choice = chooseRuntime({ annotations, runtime: deps.runtime, engine: engine !== undefined });
    if (choice.kind === "timer") return timerRuntime(deps.clock, choice.durationMs, choice.exitCode);
    if (choice.kind === "process") return processRuntime(hostOf(pod));
    if (choice.kind === "container" && engine !== undefined) return containerRuntime(hostOf(pod), engine);
    return { refused: choice.kind === "refused" ? choice.message : "no container engine answers" };
  };
}

/** ConfigMaps and Secrets of the pod's namespace. */
function entriesOf(core: Core, pod: Pod): ReadEntries {
  return (kind, name) => {
    const ref = { apiVersion: "v1", kind, metadata: { name, namespace: pod.metadata.namespace ?? "default" } };
    const object = core.find<Entries>(ref);
    if (object === undefined) return undefined;
    const encoding = kind === "Secret" ? "base64" : "utf8";
    const text = Object.entries(object.data ?? {}).map(([key, value]) => [key, Buffer.from(value, encoding)] as const);
    const binary = Object.entries(object.binaryData ?? {}).map(
      ([key, value]) => [key, Buffer.from(value, "base64")] as const,
    );
    return new Map([...text, ...binary]);
  };
}

type Entries = Pod & { data?: Record<string, string>; binaryData?: Record<string, string> };
