import { ApiError } from "../../cluster/api.ts";
import type { AnyObject, KubeObject, Pod } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import type { CoreContext } from "./context.ts";
import type { WriteOptions } from "./core.ts";
import { arrayOr, at, copyJson, freeze } from "./json.ts";
import { recordUpdate } from "./managed-fields.ts";
import { conflict } from "./status-errors.ts";

/** The node a Binding names (`target.name`), or a pod that was given one (`spec.nodeName`). */
export function bindingTarget(binding: KubeObject): string {
  const name = at(binding, "target.name") ?? at(binding, "spec.nodeName");
  const kind = at(binding, "target.kind");
  // These come without a reason, as the registry of pods has them
  if (kind && kind !== "Node")
    throw new ApiError(500, "", `target.kind: Unsupported value: "${kind}": supported values: "Node", "<empty>"`);
  if (typeof name !== "string" || name === "") throw new ApiError(500, "", "target.name: Required value");
  return name;
}

/** Assigns a pod to a node, once and for all, and says so in its conditions. */
export function bind(context: CoreContext, pod: AnyObject, nodeName: string, options: WriteOptions): AnyObject {
  const kind = context.kinds.of(pod);
  const { name = "", namespace } = pod.metadata;
  const assigned = at(pod, "spec.nodeName");
  const refuse = (why: string) => conflict(kind, name, why, "/binding");
  if (pod.metadata.deletionTimestamp !== undefined)
    throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (assigned) throw refuse(`pod ${name} is already assigned to node ${JSON.stringify(assigned)}`);
  if (arrayOr(at(pod, "spec.schedulingGates")).length > 0)
    throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  const next = copyJson(pod) as AnyObject & Pod;
  Object.assign(next.spec ?? {}, { nodeName });
  const scheduled = {
    type: "PodScheduled",
    status: "True",
    lastTransitionTime: timestamp(context.clock.now()),
  } as const;
  const others = (next.status?.conditions ?? []).filter(({ type }) => type !== "PodScheduled");
  next.status = { ...next.status, conditions: [...others, scheduled] };
  recordUpdate(context, kind, pod, next, options);
  return options.dryRun ? freeze(next) : context.store.put(kind, `${namespace}/${name}`, next);
}
