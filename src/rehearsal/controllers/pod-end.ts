import { isTerminal, keyOf, type Pod } from "../../cluster/objects.ts";
import { writeConditions } from "../core/conditions.ts";
import { find, nameOf, refOf } from "../core/refs.ts";
import { startController, watching } from "./controller.ts";
import { type ControllerDeps, controllerManager } from "./deps.ts";

/** Why a pod is taken away, as its condition DisruptionTarget tells its Job. */
interface Cause {
  readonly reason: string;
  readonly message: string;
  /** Default: kube-controller-manager. */
  readonly fieldManager?: string;
  /** Default: the pod's own. */
  readonly gracePeriodSeconds?: number;
  /** What else its status is to say. */
  readonly status?: object;
}

/** Marks a pod that has not ended as a disruption's target, and deletes it. */
export function disruptPod(deps: ControllerDeps, pod: Pod, cause: Cause): void {
  const { reason, message, fieldManager = controllerManager, gracePeriodSeconds, status = {} } = cause;
  const target = { type: "DisruptionTarget", status: "True", reason, message } as const;
  if (!isTerminal(pod)) writeConditions(deps, pod, [target], { fieldManager, status });
  if (find(deps.core, "Pod", keyOf(pod))?.metadata.uid !== pod.metadata.uid) return;
  deps.core.delete(refOf(pod), gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds });
}

/**
 * Ends a pod whose node cannot run it any more, as the pod garbage collector does: failed, marked as a disruption so that
 * a podFailurePolicy can ignore it, and deleted without grace.
 */
export function failPod(deps: ControllerDeps, pod: Pod, why: string): void {
  const message = `Pod ended because ${why}`;
  const status = { phase: "Failed", reason: "NodeLost", message };
  disruptPod(deps, pod, { reason: "DeletionByPodGC", message, gracePeriodSeconds: 0, status });
}

/** How long a node must be gone before its pods are (the pod garbage collector's quarantine). */
const quarantineMs = 40_000;

/** Ends pods that are bound to a node which does not exist, so that their Jobs make others; ended ones are removed too. */
export function startPodGc(deps: ControllerDeps): () => void {
  const { core, clock } = deps;
  const lostSince = new Map<string, number>();
  const isLost = ({ spec }: Pod) => Boolean(spec?.nodeName) && find(core, "Node", spec?.nodeName ?? "") === undefined;
  return startController(deps, {
    kind: "Pod",
    name: "garbage collection of pod",
    concerns: isLost,
    gone: (key) => lostSince.delete(key),
    reconcile(pod, key) {
      const sinceMs = lostSince.get(key) ?? clock.now();
      const afterMs = sinceMs + quarantineMs - clock.now();
      lostSince.delete(key);
      if (!isLost(pod)) return undefined;
      if (afterMs <= 0) return void failPod(deps, pod, `its node ${pod.spec?.nodeName} does not exist`);
      lostSince.set(key, sinceMs);
      return { afterMs, background: isTerminal(pod) };
    },
    watches: [watching("Node", (node, type) => (type === "DELETED" ? deps.pods.onNode(nameOf(node)).map(keyOf) : []))],
  });
}
