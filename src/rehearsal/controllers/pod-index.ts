import { keyOf, type Pod } from "../../cluster/objects.ts";
import type { Core } from "../core/core.ts";
import { controllerOf, podKind } from "./refs.ts";

/** Pods by what controllers ask for, kept current by the core's changes. Subscribe after it to see it current. */
export interface PodIndex {
  /** Pods bound to a node, finished ones too. */
  onNode(name: string): readonly Pod[];
  /** Pods of the Job with this key, also of an earlier one of that name. */
  ofJob(key: string): readonly Pod[];
  /** Pods without a node that have not ended and are not being deleted. */
  pending(): readonly Pod[];
  stop(): void;
}

export function podIndex(core: Core): PodIndex {
  const nodes = groups();
  const jobs = groups();
  const pending = new Map<string, Pod>();
  const remove = (pod: Pod) => {
    nodes.remove(pod.spec?.nodeName, pod);
    jobs.remove(jobKeyOf(pod), pod);
    pending.delete(keyOf(pod));
  };
  const put = (pod: Pod) => {
    nodes.put(pod.spec?.nodeName, pod);
    jobs.put(jobKeyOf(pod), pod);
    if (isPending(pod)) pending.set(keyOf(pod), pod);
    else pending.delete(keyOf(pod));
  };
  for (const pod of core.list<Pod>(podKind).items) put(pod);
  const stop = core.subscribe<Pod>(podKind, ({ type, object }) => (type === "DELETED" ? remove(object) : put(object)));
  return {
    onNode: nodes.get,
    ofJob: jobs.get,
    pending: () => [...pending.values()],
    stop,
  };
}

/** The key of the Job that controls a pod. */
export function jobKeyOf(pod: Pod): string | undefined {
  const owner = controllerOf(pod);
  return owner?.kind === "Job" ? `${pod.metadata.namespace}/${owner.name}` : undefined;
}

/** Whether a pod's containers have ended for good. */
export function isEnded(pod: Pod): boolean {
  return pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}

function isPending(pod: Pod): boolean {
  return !pod.spec?.nodeName && !isEnded(pod) && pod.metadata.deletionTimestamp === undefined;
}

function groups() {
  const members = new Map<string, Map<string, Pod>>();
  return {
    get: (group: string): readonly Pod[] => [...(members.get(group)?.values() ?? [])],
    put(group: string | undefined, pod: Pod) {
      if (!group) return;
      const pods = members.get(group) ?? new Map<string, Pod>();
      members.set(group, pods.set(keyOf(pod), pod));
    },
    remove(group: string | undefined, pod: Pod) {
      if (!group) return;
      members.get(group)?.delete(keyOf(pod));
      if (members.get(group)?.size === 0) members.delete(group);
    },
  };
}
