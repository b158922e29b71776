import { isTerminal, keyOf, type Node, type Pod, type Taint } from "../../cluster/objects.ts";
import { tolerates } from "../../planner/taints.ts";
import type { Toleration } from "../../planner/types.ts";
import { find, isDeleting, nameOf } from "../core/refs.ts";
import { startController, watching } from "./controller.ts";
import type { ControllerDeps } from "./deps.ts";
import { disruptPod } from "./pod-end.ts";

const message = "Taint manager: deleting due to NoExecute taint";

/** Deletes pods from nodes with NoExecute taints, at once or when what they tolerate (`tolerationSeconds`) is over. */
export function startTaintEviction(deps: ControllerDeps): () => void {
  const { core, clock, events } = deps;
  const tainted = new Set<string>();
  /** When a pod's time began. */
  const since = new Map<string, number>();
  return startController(deps, {
    kind: "Pod",
    name: "taints of the node of pod",
    concerns: (pod) => tainted.has(pod.spec?.nodeName ?? ""),
    gone: (key) => since.delete(key),
    reconcile(pod, key) {
      const node = find(core, "Node", pod.spec?.nodeName ?? "");
      const taints = node === undefined ? [] : noExecute(node);
      if (isTerminal(pod) || isDeleting(pod) || taints.length === 0) return void since.delete(key);
      const startMs = since.get(key) ?? Math.min(...taints.map((taint) => addedMs(taint) ?? clock.now()));
      since.set(key, startMs);
      const afterMs = startMs + toleratedMs(pod, taints) - clock.now();
      if (afterMs > 0) return { afterMs };
      events.taints.record(pod, "Normal", "TaintManagerEviction", `Marking for deletion Pod ${key}`);
      disruptPod(deps, pod, { reason: "DeletionByTaintManager", message });
      return void since.delete(key);
    },
    watches: [
      watching("Node", (node) => {
        const isNow = noExecute(node).length > 0;
        const wasBefore = tainted.has(nameOf(node));
        tainted[isNow ? "add" : "delete"](nameOf(node));
        return isNow || wasBefore ? deps.pods.onNode(nameOf(node)).map(keyOf) : undefined;
      }),
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
