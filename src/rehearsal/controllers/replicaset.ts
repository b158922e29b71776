import { keyOf, type Pod, type ReplicaSet } from "../../cluster/objects.ts";
import { claim, claimants } from "./claim.ts";
import { conditionIn, holds, withCondition } from "./conditions.ts";
import { startController, watching } from "./controller.ts";
import type { ControllerDeps } from "./deps.ts";
import { isEnded, ownerKeyOf } from "./pod-index.ts";
import { leastAdvanced } from "./pod-rank.ts";
import { createPodOf } from "./pod-template.ts";
import type { Requeue } from "./queue.ts";
import { controllerOf, isDeleting, nameOf, podKind, refOf, refTo, replicaSetKind } from "./refs.ts";

const fieldManager = "kube-controller-manager";
/** A pod that could not be made is tried again after this long. */
const retryMs = 10_000;

/** Keeps as many pods of each ReplicaSet as it asks for. */
export function startReplicaSets(deps: ControllerDeps): () => void {
  return startController(deps, {
    name: "replicaset",
    reconcile: (key) => reconcile(deps, key),
    watches: [
      watching<ReplicaSet>(replicaSetKind, keyOf),
      watching<Pod>(podKind, (pod) =>
        controllerOf(pod) === undefined
          ? claimants(deps.core, replicaSetKind, pod)
          : ownerKeyOf(pod, replicaSetKind.kind),
      ),
    ],
  });
}

function reconcile(deps: ControllerDeps, key: string): Requeue | undefined {
  const { core, pods } = deps;
  const set = core.find<ReplicaSet>(refTo(replicaSetKind, key));
  if (set === undefined) return undefined;
  const candidates = [...pods.ofOwner("ReplicaSet", key), ...pods.free(set.metadata.namespace ?? "default")];
  const own = claim(core, set, candidates).filter((pod) => !isEnded(pod));
  const failure = isDeleting(set) ? undefined : manage(deps, set, own);
  const nextMs = writeStatus(deps, set, own, failure);
  if (failure !== undefined) return { afterMs: retryMs, background: true };
  return Number.isFinite(nextMs) ? { afterMs: nextMs } : undefined;
}

/** Makes pods, or deletes those that are the least loss. Returns why it could not. */
function manage(deps: ControllerDeps, set: ReplicaSet, own: readonly Pod[]): string | undefined {
  const { core, events } = deps;
  const active = own.filter((pod) => !isDeleting(pod));
  const wanted = set.spec?.replicas ?? 1;
  const tell = (reason: string, message: string) => events.replicaSets.record(set, "Normal", reason, message);
  const neighbours = (pod: Pod) => -active.filter(({ spec }) => spec?.nodeName === pod.spec?.nodeName).length;
  for (const pod of leastAdvanced(active, active.length - wanted, neighbours)) {
    core.delete(refOf(pod));
    tell("SuccessfulDelete", `Deleted pod: ${nameOf(pod)}`);
  }
  try {
    for (let made = active.length; made < wanted; made += 1) {
      tell("SuccessfulCreate", `Created pod: ${nameOf(createPodOf(core, set))}`);
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    events.replicaSets.record(set, "Warning", "FailedCreate", `Error creating: ${message}`);
    return message;
  }
  return undefined;
}

/** Returns how long until another pod has been ready for long enough. */
function writeStatus({ core, clock }: ControllerDeps, set: ReplicaSet, own: readonly Pod[], failure?: string): number {
  const { minReadySeconds = 0, template } = set.spec ?? {};
  const labels = Object.entries(template?.metadata?.labels ?? {});
  const active = own.filter((pod) => !isDeleting(pod));
  const ready = active.filter((pod) => holds(pod, "Ready"));
  const waits = ready.map((pod) => {
    const since = Date.parse(conditionIn(pod, "Ready")?.lastTransitionTime ?? "") || 0;
    return minReadySeconds === 0 ? 0 : since + minReadySeconds * 1000 - clock.now();
  });
  const old = set.status?.conditions ?? [];
  // The message names another pod each time: that is no change
  const told = holds(set, "ReplicaFailure") ? conditionIn(set, "ReplicaFailure")?.message : failure;
  const failed = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: told ?? "" } as const;
  const others = old.filter(({ type }) => type !== failed.type);
  const status = {
    replicas: active.length,
    fullyLabeledReplicas: active.filter(({ metadata }) =>
      labels.every(([key, value]) => metadata.labels?.[key] === value),
    ).length,
    readyReplicas: ready.length,
    availableReplicas: waits.filter((ms) => ms <= 0).length,
    terminatingReplicas: own.length - active.length,
    observedGeneration: set.metadata.generation ?? 0,
    conditions: failure === undefined ? others : withCondition(old, failed, clock.now()),
  };
  core.patch(refOf(set), { status }, { subresource: "status", fieldManager });
  return Math.min(...waits.filter((ms) => ms > 0));
}
