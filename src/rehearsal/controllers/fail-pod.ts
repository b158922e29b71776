import type { Pod } from "../../cluster/objects.ts";
import { writeConditions } from "./conditions.ts";
import type { ControllerDeps } from "./deps.ts";
import { isEnded } from "./pod-index.ts";
import { refOf } from "./refs.ts";

/** Why a pod is taken away, as its condition DisruptionTarget tells its Job. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly fieldManager: string;
  /** Default: the pod's own. */
  readonly gracePeriodSeconds?: number;
  /** What else its status is to say. */
  readonly status?: object;
}

/**
 * Ends a pod whose node cannot run it any more, as the pod garbage collector does: failed, marked as a disruption so that
 * a podFailurePolicy can ignore it, and deleted without grace.
 */
export function failPod(deps: ControllerDeps, pod: Pod, why: string): void {
  const message = `Pod ended because ${why}`;
  const status = isEnded(pod) ? {} : { phase: "Failed", reason: "NodeLost", message };
  const fieldManager = "kube-controller-manager";
  disruptPod(deps, pod, { reason: "DeletionByPodGC", message, fieldManager, gracePeriodSeconds: 0, status });
}

/** Marks a pod that has not ended as a disruption's target, and deletes it. */
export function disruptPod(deps: Pick<ControllerDeps, "core" | "clock">, pod: Pod, cause: Cause): void {
  const { reason, message, gracePeriodSeconds } = cause;
  if (!isEnded(pod)) {
    writeConditions(deps, pod, [{ type: "DisruptionTarget", status: "True", reason, message }], cause);
  }
  const found = deps.core.find(refOf(pod));
  if (found?.metadata.uid !== pod.metadata.uid) return;
  deps.core.delete(refOf(pod), gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds });
}
