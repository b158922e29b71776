import { keyOf, type Node, type Pod } from "../../cluster/objects.ts";
import { startController, watching } from "./controller.ts";
import type { ControllerDeps } from "./deps.ts";
import { failPod } from "./fail-pod.ts";
import { isEnded } from "./pod-index.ts";
import { nameOf, nodeKind, podKind, refTo } from "./refs.ts";

/** How long a node must be gone before its pods are (the pod garbage collector's quarantine). */
const quarantineMs = 40_000;

/** Ends pods that are bound to a node which does not exist, so that their Jobs make others; ended ones are removed too. */
export function startPodGc(deps: ControllerDeps): () => void {
  const { core, clock } = deps;
  const isLost = (pod: Pod) => Boolean(pod.spec?.nodeName) && core.find(refTo(nodeKind, nodeNameOf(pod))) === undefined;
  const lostSince = new Map<string, number>();
  return startController(deps, {
    name: "garbage collection of pod",
    reconcile(key) {
      const pod = core.find<Pod>(refTo(podKind, key));
      if (pod === undefined || !isLost(pod)) return void lostSince.delete(key);
      const since = lostSince.get(key) ?? clock.now();
      lostSince.set(key, since);
      const afterMs = since + quarantineMs - clock.now();
      if (afterMs > 0) return { afterMs, background: isEnded(pod) };
      lostSince.delete(key);
      failPod(deps, pod, `its node ${nodeNameOf(pod)} does not exist`);
      return undefined;
    },
    watches: [
      watching<Node>(nodeKind, (node, type) => (type === "DELETED" ? deps.pods.onNode(nameOf(node)).map(keyOf) : [])),
      watching<Pod>(podKind, (pod, type) => (type !== "DELETED" && isLost(pod) ? keyOf(pod) : undefined)),
    ],
  });
}

function nodeNameOf(pod: Pod): string {
  return pod.spec?.nodeName ?? "";
}
