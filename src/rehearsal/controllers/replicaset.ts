import { conditionOf, isTerminal, type Pod, type ReplicaSet } from "../../cluster/objects.ts";
import { messageOf } from "../../kernel/failure.ts";
import { holds, withCondition, writeStatus } from "../core/conditions.ts";
import { isDeleting, nameOf, namespaceOf, refOf } from "../core/refs.ts";
import { claim, ownerKeys } from "./claim.ts";
import { startController, watching } from "./controller.ts";
import { type ControllerDeps, controllerManager } from "./deps.ts";
import { createPodOf, leastAdvanced, readySinceMs } from "./pods.ts";
import type { Requeue } from "./queue.ts";
import { wantedOf } from "./rollout.ts";

/** A pod that could not be made is tried again after this long. */
const retryMs = 10_000;

/** Keeps as many pods of each ReplicaSet as it asks for. */
export function startReplicaSets(deps: ControllerDeps): () => void {
  return startController(deps, {
    kind: "ReplicaSet",
    reconcile: (set, key) => reconcile(deps, set, key),
    watches: [watching("Pod", (pod) => ownerKeys(deps.core, "ReplicaSet", pod))],
  });
}

function reconcile(deps: ControllerDeps, set: ReplicaSet, key: string): Requeue | undefined {
  const candidates = [...deps.pods.ofOwner("ReplicaSet", key), ...deps.pods.free(namespaceOf(set))];
  const own = claim(deps.core, set, candidates).filter((pod) => !isTerminal(pod));
  const active = own.filter((pod) => !isDeleting(pod));
  const failure = isDeleting(set) ? undefined : manage(deps, set, active);
  const afterMs = tell(deps, set, { active, terminating: own.length - active.length, failure });
  return failure === undefined ? { afterMs } : { afterMs: retryMs, background: true };
}

/** Makes pods, or deletes those that are the least loss. Returns why it could not. */
function manage({ core, events }: ControllerDeps, set: ReplicaSet, active: readonly Pod[]): string | undefined {
  const wanted = wantedOf(set);
  const neighbours = (pod: Pod) => -active.filter(({ spec }) => spec?.nodeName === pod.spec?.nodeName).length;
  for (const pod of leastAdvanced(active, active.length - wanted, neighbours)) {
    core.delete(refOf(pod));
    events.replicaSets.record(set, "Normal", "SuccessfulDelete", `Deleted pod: ${nameOf(pod)}`);
  }
  try {
    for (let made = active.length; made < wanted; made += 1) {
      const message = `Created pod: ${nameOf(createPodOf(core, set))}`;
      events.replicaSets.record(set, "Normal", "SuccessfulCreate", message);
    }
  } catch (error) {
    events.replicaSets.record(set, "Warning", "FailedCreate", `Error creating: ${messageOf(error)}`);
    return messageOf(error);
  }
  return undefined;
}

interface Standing {
  readonly active: readonly Pod[];
  readonly terminating: number;
  readonly failure: string | undefined;
}

/** Writes the status. Returns how long until another pod has been ready for long enough. */
function tell({ core, clock }: ControllerDeps, set: ReplicaSet, { active, terminating, failure }: Standing): number {
  const { minReadySeconds = 0 } = set.spec ?? {};
  const ready = active.filter((pod) => holds(pod, "Ready"));
  const waits = ready.map((pod) =>
    minReadySeconds === 0 ? 0 : readySinceMs(pod) + minReadySeconds * 1000 - clock.now(),
  );
  const old = set.status?.conditions ?? [];
  // The message names another pod each time: that is no change
  const message = (holds(set, "ReplicaFailure") ? conditionOf(set, "ReplicaFailure")?.message : failure) ?? "";
  const failed = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message } as const;
  const status = {
    replicas: active.length,
    readyReplicas: ready.length,
    availableReplicas: waits.filter((ms) => ms <= 0).length,
    terminatingReplicas: terminating,
    observedGeneration: set.metadata.generation ?? 0,
    conditions:
      failure === undefined ? old.filter(({ type }) => type !== failed.type) : withCondition(old, failed, clock.now()),
  };
  writeStatus(core, set, status, controllerManager);
  return Math.min(...waits.filter((ms) => ms > 0));
}
