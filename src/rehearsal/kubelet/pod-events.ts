import type { KubeEvent, Pod } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import type { Core } from "../core/core.ts";

/** Says something about a pod, or about one of its containers, in the kubelet's name. */
export type PodEvent = (
  level: "Normal" | "Warning",
  reason: string,
  message: string,
  container?: { readonly name: string; readonly init: boolean },
) => void;

export function podEvents(
  deps: { readonly core: Core; readonly now: () => number; readonly random: Random },
  pod: Pod,
): PodEvent {
  const { name = "", namespace = "default", uid = "" } = pod.metadata;
  const host = pod.spec?.nodeName ?? "";
  return (level, reason, message, container) => {
    const time = timestamp(deps.now());
    const field = container && `spec.${container.init ? "initContainers" : "containers"}{${container.name}}`;
    deps.core.create<KubeEvent>({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: `${name}.${deps.random.uuid().replaceAll("-", "").slice(0, 16)}`, namespace },
      involvedObject: { apiVersion: "v1", kind: "Pod", name, namespace, uid, ...(field ? { fieldPath: field } : {}) },
      type: level,
      reason,
      message,
      count: 1,
      firstTimestamp: time,
      lastTimestamp: time,
      source: { component: "kubelet", host },
      reportingComponent: "kubelet",
      reportingInstance: host,
    });
  };
}
