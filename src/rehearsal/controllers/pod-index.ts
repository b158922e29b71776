import { isTerminal, keyOf, type Pod } from "../../cluster/objects.ts";
import type { Core } from "../core/core.ts";
import { controllerOf, isDeleting, kindRef, list } from "../core/refs.ts";

/** Pods by what controllers ask for, kept current by the core's changes. Subscribe after it to see it current. */
export interface PodIndex {
  /** Pods bound to a node, finished ones too. */
  onNode(name: string): readonly Pod[];
  /** Pods whose controller has this kind and key, also of an earlier one of that name. */
  ofOwner(kind: string, key: string): readonly Pod[];
  /** Pods of a namespace that nobody controls. */
  free(namespace: string): readonly Pod[];
  inNamespace(namespace: string): readonly Pod[];
  /** Pods without a node that have not ended and are not being deleted. */
  pending(): readonly Pod[];
  stop(): void;
}

export function podIndex(core: Core): PodIndex {
  const nodes = groups((pod) => pod.spec?.nodeName);
  const owners = groups((pod) => ownerKeyOf(pod) ?? `/${pod.metadata.namespace}`);
  const namespaces = groups(({ metadata }) => metadata.namespace);
  const pending = groups((pod) => (pod.spec?.nodeName || isTerminal(pod) || isDeleting(pod) ? undefined : "all"));
  const all = [nodes, owners, namespaces, pending];
  for (const pod of list(core, "Pod")) for (const group of all) group.put(pod);
  const stop = core.subscribe<Pod>(kindRef("Pod"), ({ type, object }) => {
    for (const group of all) group[type === "DELETED" ? "remove" : "put"](object);
  });
  return {
    onNode: nodes.get,
    ofOwner: (kind, key) => owners.get(`${kind}/${key}`),
    free: (namespace) => owners.get(`/${namespace}`),
    inNamespace: namespaces.get,
    pending: () => pending.get("all"),
    stop,
  };
}

/** `Job/default/train` */
function ownerKeyOf(pod: Pod): string | undefined {
  const owner = controllerOf(pod);
  return owner && `${owner.kind}/${pod.metadata.namespace}/${owner.name}`;
}

function groups(groupOf: (pod: Pod) => string | undefined) {
  const members = new Map<string, Map<string, Pod>>();
  const groupOfKey = new Map<string, string>();
  const remove = (pod: Pod) => {
    const key = keyOf(pod);
    const group = groupOfKey.get(key) ?? "";
    groupOfKey.delete(key);
    members.get(group)?.delete(key);
    if (members.get(group)?.size === 0) members.delete(group);
  };
  return {
    get: (group: string): readonly Pod[] => [...(members.get(group)?.values() ?? [])],
    put(pod: Pod) {
      const [key, group] = [keyOf(pod), groupOf(pod) || undefined];
      if (groupOfKey.get(key) !== group) remove(pod);
      if (group === undefined) return;
      const pods = members.get(group) ?? new Map<string, Pod>();
      members.set(group, pods.set(key, pod));
      groupOfKey.set(key, group);
    },
    remove,
  };
}
