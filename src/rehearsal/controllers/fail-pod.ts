import type { Pod } from "../../cluster/objects.ts";
import { withCondition } from "./conditions.ts";
import type { ControllerDeps } from "./deps.ts";
import { isEnded } from "./pod-index.ts";
import { podKind, refOf, refTo } from "./refs.ts";

/**
 * Ends a pod whose node cannot run it any more, as the pod garbage collector does: failed, marked as a disruption so that
 * a podFailurePolicy can ignore it, and deleted without grace.
 */
export function failPod({ core, clock }: ControllerDeps, pod: Pod, why: string): void {
  const ref = refOf(pod);
  if (!isEnded(pod)) {
    const message = `Pod ended because ${why}`;
    const target = { type: "DisruptionTarget", status: "True" as const, reason: "DeletionByPodGC", message };
    const conditions = withCondition(pod.status?.conditions, target, clock.now());
    const status = { phase: "Failed", reason: "NodeLost", message, conditions };
    core.patch(ref, { status }, { subresource: "status", fieldManager: "kube-controller-manager" });
  }
  if (core.find(refTo(podKind, `${pod.metadata.namespace}/${pod.metadata.name}`)) !== undefined) {
    core.delete(ref, { gracePeriodSeconds: 0 });
  }
}
