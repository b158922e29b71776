import { keyOf, type Node, type Pod } from "../../cluster/objects.ts";
import type { ControllerDeps } from "./deps.ts";
import { failPod } from "./fail-pod.ts";
import { isEnded } from "./pod-index.ts";
import { workQueue } from "./queue.ts";
import { nameOf, nodeKind, podKind, refTo } from "./refs.ts";

/** How long a node must be gone before its pods are (the pod garbage collector's quarantine). */
const quarantineMs = 40_000;

/** Ends pods that are bound to a node which does not exist, so that their Jobs make others; ended ones are removed too. */
export function startPodGc(deps: ControllerDeps): () => void {
  const { core, clock } = deps;
  const isLost = (pod: Pod) => {
    const name = pod.spec?.nodeName;
    return name !== undefined && name !== "" && core.find(refTo(nodeKind, name)) === undefined;
  };
  const lostSince = new Map<string, number>();
  const queue = workQueue({
    clock,
    reconcile(key) {
      const pod = core.find<Pod>(refTo(podKind, key));
      if (pod === undefined || !isLost(pod)) return void lostSince.delete(key);
      const since = lostSince.get(key) ?? clock.now();
      lostSince.set(key, since);
      const afterMs = since + quarantineMs - clock.now();
      if (afterMs > 0) return { afterMs, background: isEnded(pod) };
      lostSince.delete(key);
      failPod(deps, pod, `its node ${pod.spec?.nodeName} does not exist`);
      return undefined;
    },
    onError: (key, error) => deps.onError(`garbage collection of pod ${key}`, error),
  });
  for (const pod of core.list<Pod>(podKind).items) if (isLost(pod)) queue.add(keyOf(pod));
  const stops = [
    core.subscribe<Node>(nodeKind, ({ type, object }) => {
      if (type === "DELETED") for (const pod of deps.pods.onNode(nameOf(object))) queue.add(keyOf(pod));
    }),
    core.subscribe<Pod>(podKind, ({ type, object }) => {
      if (type !== "DELETED" && isLost(object)) queue.add(keyOf(object));
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    queue.stop();
  };
}
