import { keyOf, type Node, type Pod, type Taint } from "../../cluster/objects.ts";
import { tolerates } from "../../planner/taints.ts";
import type { Toleration } from "../../planner/types.ts";
import { startController, watching } from "./controller.ts";
import type { ControllerDeps } from "./deps.ts";
import { disruptPod } from "./fail-pod.ts";
import { isEnded } from "./pod-index.ts";
import { isDeleting, nameOf, nodeKind, podKind, refTo } from "./refs.ts";

const message = "Taint manager: deleting due to NoExecute taint";

/** Deletes pods from nodes with NoExecute taints, at once or when what they tolerate (`tolerationSeconds`) is over. */
export function startTaintEviction(deps: ControllerDeps): () => void {
  const { core, clock, events } = deps;
  const tainted = new Set<string>();
  /** When a pod's time began, by its uid. */
  const since = new Map<string, number>();
  return startController(deps, {
    name: "taints of the node of pod",
    reconcile(key) {
      const pod = core.find<Pod>(refTo(podKind, key));
      const node = core.find<Node>(refTo(nodeKind, pod?.spec?.nodeName ?? ""));
      const taints = node === undefined ? [] : noExecute(node);
      const uid = pod?.metadata.uid ?? "";
      if (pod === undefined || isEnded(pod) || isDeleting(pod) || taints.length === 0) return void since.delete(uid);
      const startMs = since.get(uid) ?? Math.min(...taints.map((taint) => addedMs(taint) ?? clock.now()));
      since.set(uid, startMs);
      const leftMs = startMs + toleratedMs(pod, taints) - clock.now();
      if (leftMs > 0) return Number.isFinite(leftMs) ? { afterMs: leftMs } : undefined;
      events.taints.record(pod, "Normal", "TaintManagerEviction", `Marking for deletion Pod ${key}`);
      disruptPod(deps, pod, { reason: "DeletionByTaintManager", message, fieldManager: "kube-controller-manager" });
      return void since.delete(uid);
    },
    watches: [
      watching<Node>(nodeKind, (node) => {
        const isNow = noExecute(node).length > 0;
        const wasBefore = tainted.has(nameOf(node));
        tainted[isNow ? "add" : "delete"](nameOf(node));
        return isNow || wasBefore ? deps.pods.onNode(nameOf(node)).map(keyOf) : undefined;
      }),
      watching<Pod>(podKind, (pod) => (tainted.has(pod.spec?.nodeName ?? "") ? keyOf(pod) : undefined)),
    ],
  });
}

function noExecute(node: Node): Taint[] {
  return (node.spec?.taints ?? []).filter(({ effect }) => effect === "NoExecute");
}

function addedMs({ timeAdded }: Taint): number | undefined {
  return timeAdded === undefined ? undefined : Date.parse(String(timeAdded));
}

/** How long a pod stands all of the taints: 0 when not, infinite when for ever. */
function toleratedMs(pod: Pod, taints: readonly Taint[]): number {
  const tolerations = (pod.spec?.tolerations ?? []) as readonly (Toleration & { tolerationSeconds?: number })[];
  const times = taints.map((taint) => {
    const found = tolerations.filter((one) => tolerates(one, taint as Parameters<typeof tolerates>[1]));
    const secondsOf = ({ tolerationSeconds = Number.POSITIVE_INFINITY }) => Math.max(0, tolerationSeconds);
    return found.length === 0 ? 0 : 1000 * Math.min(...found.map(secondsOf));
  });
  return Math.min(...times);
}
