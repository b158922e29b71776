import type { KubeEvent, Node, Pod } from "../../cluster/objects.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import type { Core } from "../core/core.ts";
import { eventRecorder } from "../core/events.ts";
import { chooseRuntime, type RuntimeSetting } from "./choose-runtime.ts";
import { engineFinder } from "./container-engine.ts";
import { containerRuntime } from "./container-runtime.ts";
import { entriesOf } from "./entries.ts";
import type { SimulatedGpu } from "./gpu-shim.ts";
import { type KubeletFaults, patchNodeStatus } from "./heartbeats.ts";
import { hostGpus } from "./host-gpus.ts";
import { type ImagePullMs, imageStore } from "./images.ts";
import type { LogSource } from "./log-source.ts";
import { logStore } from "./log-store.ts";
import { writePodRecord } from "./pod-record.ts";
import { watchPods } from "./pod-watch.ts";
import { type ProcessHost, processRuntime } from "./process-runtime.ts";
import { reap } from "./reaper.ts";
import type { FindContainer } from "./runtime.ts";
import { timerRuntime } from "./timer-runtime.ts";
import { type PodUsage, usageSampler } from "./usage.ts";
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
  readonly faults?: KubeletFaults;
  /** Told of what went wrong inside the kubelet itself. */
  readonly log?: (message: string) => void;
}

export interface Kubelet {
  /** Kills everything at once and resolves when nothing runs. Statuses stay as they are. */
  stop(): Promise<void>;
  readonly logs: LogSource;
  readonly running: FindContainer;
  /** The latest of every pod that runs or ran as real processes and still exists. */
  usage(): PodUsage[];
}

/**
 * The kubelet of every node in the cluster. Takes over nodes and pods that are there: simulated containers go on, lost
 * processes count as killed. Call `reap(dataDir)` first where an earlier server may have crashed.
 * Not rehearsed: probes, HTTP hooks, pod networks.
 */
export function startKubelet(deps: KubeletDeps): Kubelet {
  const { core, clock, random, dataDir, hostEnv, gpuOf } = deps;
  const logs = logStore({ dataDir, clock });
  const gpus = hostGpus(hostEnv["PATH"]);
  const sampler = usageSampler({ clock, gpus });
  const images = imageStore(
    clock,
    (pod, image, node, cached) => {
      const ms = deps.imagePullMs(pod, image, node, cached);
      return deps.faults?.pullMs(ms, image, node) ?? ms;
    },
    (node, names) => patchNodeStatus(core, node, { images: names.map((name) => ({ names: [name] })) }),
  );
  const hold = () => clock.hold?.() ?? (() => {});
  const host: Omit<WorkerHost, "reports"> = {
    core,
    clock,
    random,
    images,
    logs,
    dataDir,
    events: eventRecorder(core, clock, "kubelet"),
    runtimeOf: runtimes(deps, (pod) => {
      return { dataDir, hostEnv, gpuOf, hold, gpus, sampler, entries: entriesOf(core, pod) };
    }),
    record: (pod) => writePodRecord(dataDir, pod),
    pullBegun: (pod, image) => pullBegun(core, pod, image),
    log: deps.log ?? (() => {}),
  };
  const watch = watchPods(host, { faults: deps.faults, forget: sampler.forget });

  return {
    async stop() {
      await watch.stop();
      images.stop();
      await reap(dataDir);
    },
    logs,
    running: watch.running,
    usage: sampler.usage,
  };
}

/** When a pod began to pull an image, by the event that said so. */
function pullBegun(core: Core, { metadata: { namespace = "default", uid } }: Pod, image: string): number | undefined {
  const { items } = core.list<KubeEvent>({ apiVersion: "v1", kind: "Event", namespace });
  const pulling = items.find(
    ({ involvedObject, reason, message }) =>
      involvedObject.uid === uid && reason === "Pulling" && message?.includes(`"${image}"`),
  );
  return pulling?.lastTimestamp === undefined ? undefined : Date.parse(pulling.lastTimestamp);
}

/** Picks each pod's runtime. */
function runtimes(
  { clock, runtime, hostEnv }: KubeletDeps,
  hostOf: (pod: Pod) => ProcessHost,
): WorkerHost["runtimeOf"] {
  const findEngine = engineFinder(hostEnv);
  return async (pod) => {
    const choice = await chooseRuntime({ annotations: pod.metadata.annotations, runtime, findEngine });
    if (choice.kind === "timer") return timerRuntime(clock, choice.durationMs, choice.exitCode);
    if (choice.kind === "process") return processRuntime(hostOf(pod));
    if (choice.kind === "container") return containerRuntime(hostOf(pod), choice.engine);
    return { refused: choice.message };
  };
}
