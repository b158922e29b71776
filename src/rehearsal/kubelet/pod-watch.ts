import { isTerminal, type Node, type Pod } from "../../cluster/objects.ts";
import { type KubeletFaults, renewLease, startHeartbeats } from "./heartbeats.ts";
import { finishDeletion, graceMsOf, type PodWorker, startPodWorker } from "./pod-worker.ts";
import type { FindContainer } from "./runtime.ts";
import type { WorkerHost } from "./work.ts";

const pods = { apiVersion: "v1", kind: "Pod" };
const nodes = { apiVersion: "v1", kind: "Node" };

/** Gives every pod that is on a node a worker, and tells it of what happens to the pod and to the node. */
export function watchPods(
  host: Omit<WorkerHost, "reports">,
  { faults, forget }: { readonly faults: KubeletFaults | undefined; readonly forget: (uid: string) => void },
) {
  const { core, clock, images } = host;
  const workers = new Map<string, PodWorker>();
  const on = (node: string) => [...workers.values()].filter((worker) => worker.node === node);
  const reports = startHeartbeats(
    { core, clock, faults },
    {
      heard(node) {
        for (const worker of on(node)) worker.publish();
        considerAll();
      },
      // one at a time, as kubelet does: the least important and latest first
      diskFull(node) {
        const [first] = on(node).sort((a, b) => a.priority - b.priority || b.startedMs - a.startedMs);
        first?.interrupt({ kind: "evicted", graceMs: 0 });
      },
    },
  );

  const consider = (pod: Pod) => {
    const { metadata, spec } = pod;
    const uid = metadata.uid ?? "";
    if (spec?.nodeName === undefined || reports.isSilent(spec.nodeName)) return;
    const worker = workers.get(uid);
    if (worker !== undefined) return inform(worker, pod);
    // nothing of it runs: its deletion has nothing to wait for
    if (metadata.deletionTimestamp !== undefined) return finishDeletion(core, pod);
    const node = core.find<Node>({ ...nodes, metadata: { name: spec.nodeName } });
    if (node === undefined || isTerminal(pod)) return;
    const started = startPodWorker({ ...host, reports }, pod, node);
    workers.set(uid, started);
    void started.done.then(() => workers.delete(uid));
  };
  const considerAll = () => core.list<Pod>(pods).items.forEach(consider);
  const lose = ({ metadata: { name = "" } }: Node) => {
    for (const worker of on(name)) worker.interrupt({ kind: "node-lost", graceMs: 0 });
    images.forget(name);
  };
  const unsubscribe = [
    core.subscribe<Pod>(pods, ({ type, object }) => {
      if (type !== "DELETED") return consider(object);
      workers.get(object.metadata.uid ?? "")?.interrupt({ kind: "gone", graceMs: 0 });
      forget(object.metadata.uid ?? "");
    }),
    core.subscribe<Node>(nodes, ({ type, object }) => {
      if (type === "DELETED") lose(object);
      if (type !== "ADDED") return;
      renewLease(core, object, clock.now());
      considerAll();
    }),
  ];
  considerAll();

  return {
    running: ((uid, container) => workers.get(uid)?.running.get(container)) as FindContainer,
    async stop() {
      for (const end of unsubscribe) end();
      reports.stop();
      const all = [...workers.values()];
      for (const worker of all) worker.interrupt({ kind: "stopped", graceMs: 0 });
      await Promise.all(all.map((worker) => worker.done));
    },
  };
}

/** Tells a worker what happened to its pod's object. */
function inform(worker: PodWorker, pod: Pod): void {
  if (pod.metadata.deletionTimestamp !== undefined) worker.interrupt({ kind: "deleted", graceMs: graceMsOf(pod) });
  else if (isTerminal(pod)) worker.interrupt({ kind: "finished", graceMs: graceMsOf(pod) });
}
