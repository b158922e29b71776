import type { ObjectRef } from "../../cluster/api.ts";
import type { Pod } from "../../cluster/objects.ts";
import { type Clock, timestamp } from "../../kernel/clock.ts";
import type { Core } from "./core.ts";

/** The eviction subresource: says in the pod's conditions why it goes, then deletes it with its grace period. */
export function evict(
  core: Core,
  clock: Clock,
  ref: ObjectRef,
  options: { readonly gracePeriodSeconds?: number } = {},
): void {
  const pod = core.read<Pod>(ref);
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== "DisruptionTarget");
  const target = {
    type: "DisruptionTarget",
    status: "True",
    reason: "EvictionByEvictionAPI",
    message: "Eviction API: evicting",
    lastTransitionTime: timestamp(clock.now()),
  };
  core.patch(
    ref,
    { status: { conditions: [...others, target] } },
    { subresource: "status", fieldManager: "kube-apiserver" },
  );
  core.delete(ref, options);
}
