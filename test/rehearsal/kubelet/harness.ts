import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Container, KubeEvent, Node, Pod } from "../../../src/cluster/objects.ts";
import { manualClock, systemClock, type WarpClock, warpClock } from "../../../src/kernel/clocks.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import type { Core } from "../../../src/rehearsal/core/core.ts";
import { createCore } from "../../../src/rehearsal/core/create-core.ts";
import { type Kubelet, type KubeletDeps, startKubelet } from "../../../src/rehearsal/kubelet/kubelet.ts";

export interface World {
  readonly core: Core;
  readonly clock: WarpClock;
  readonly dataDir: string;
  readonly kubelet: Kubelet;
  readonly problems: readonly string[];
  /** Creates a pod that is bound to `node-1`; a string is a script for sh. */
  pod(name: string, what: string | Partial<Container>, more?: PodOptions): Pod;
  read(name: string): Pod;
  /** Resolves with the pod as soon as it is as wanted. */
  until(name: string, wanted: (pod: Pod) => boolean): Promise<Pod>;
  /** Resolves with the pod when it is Succeeded or Failed. */
  end(name: string): Promise<Pod>;
  logs(name: string, options?: { readonly timestamps?: boolean; readonly previous?: boolean }): Promise<string>;
  events(name: string): string[];
  close(): Promise<void>;
}

export interface PodOptions {
  readonly annotations?: Record<string, string>;
  readonly spec?: Partial<NonNullable<Pod["spec"]>>;
  readonly labels?: Record<string, string>;
}

export type WorldOptions = Partial<Omit<KubeletDeps, "core">> & { readonly speed?: number; readonly dataDir?: string };

/** A cluster of one node, with the machine's own time sped up, and a kubelet. */
export function world({ speed = 2000, ...options }: WorldOptions = {}): World {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "aura-kubelet-"));
  const clock = (options.clock as WarpClock | undefined) ?? warpClock(systemClock(), speed);
  const core = createCore({ clock, random: seededRandom(7) });
  const problems: string[] = [];
  const kubelet = startKubelet({
    core,
    clock,
    random: seededRandom(1),
    dataDir,
    runtime: "process",
    imagePullMs: () => 0,
    gpuOf: () => undefined,
    hostEnv: { PATH: process.env["PATH"], LANG: "C.UTF-8", HOST_SECRET: "hunter2" },
    log: (message) => problems.push(message),
    ...options,
  });
  core.create<Node>(nodeNamed("node-1"));
  const read = (name: string) => core.read<Pod>({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "ml" } });
  const until = (name: string, wanted: (pod: Pod) => boolean) => untilPod(core, name, wanted);
  core.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "ml" } });
  return {
    core,
    clock,
    dataDir,
    kubelet,
    problems,
    pod: (name, what, more = {}) => core.create(podOf(name, what, more)),
    read,
    until,
    end: (name) => until(name, (pod) => pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed"),
    async logs(name, more = {}) {
      const uid = read(name).metadata.uid ?? "";
      let text = "";
      for await (const chunk of kubelet.logs.read({ namespace: "ml", pod: name, uid, container: "main", ...more }))
        text += chunk;
      return text;
    },
    events: (name) =>
      core
        .list<KubeEvent>({ apiVersion: "v1", kind: "Event", namespace: "ml" })
        .items.filter((event) => event.involvedObject.name === name)
        .map((event) => `${event.reason}: ${event.message}`),
    async close() {
      await kubelet.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** As `world`, with a clock that moves only when told to: for pods that run no real process. */
export function stillWorld(options: WorldOptions = {}) {
  const clock = manualClock();
  return { ...world({ ...options, clock }), clock };
}

export function nodeNamed(name: string): Node {
  return { apiVersion: "v1", kind: "Node", metadata: { name, labels: { "kubernetes.io/hostname": name } }, spec: {} };
}

function podOf(name: string, what: string | Partial<Container>, more: PodOptions): Pod {
  const container = typeof what === "string" ? { command: ["sh", "-c", what] } : what;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "ml",
      ...(more.annotations ? { annotations: more.annotations } : {}),
      ...(more.labels ? { labels: more.labels } : {}),
    },
    spec: {
      nodeName: "node-1",
      restartPolicy: "Never",
      containers: [{ name: "main", image: "busybox:1.37", ...container }],
      ...more.spec,
    },
  };
}

function untilPod(core: Core, name: string, wanted: (pod: Pod) => boolean): Promise<Pod> {
  return new Promise((resolve, reject) => {
    const check = (pod: Pod | undefined) => {
      if (pod?.metadata.name !== name || !wanted(pod)) return false;
      unsubscribe();
      clearTimeout(timer);
      resolve(pod);
      return true;
    };
    const unsubscribe = core.subscribe<Pod>({ apiVersion: "v1", kind: "Pod" }, ({ object }) => check(object));
    const find = () => core.find<Pod>({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "ml" } });
    const timer = setTimeout(() => {
      unsubscribe();
      reject(new Error(`pod ${name} is not as wanted: ${JSON.stringify(find()?.status, undefined, 1)}`));
    }, 10_000);
    check(find());
  });
}
