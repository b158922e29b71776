import type { KindRef, ObjectRef } from "../../cluster/api.ts";
import type { KubeObject, ObjectMeta, OwnerReference } from "../../cluster/objects.ts";
import type { Core } from "./core.ts";
import { at, without } from "./json.ts";
import type { Kind } from "./kinds.ts";

/**
 * Deletes what belongs to what is gone, as kube-controller-manager's garbage collector and namespace controller do:
 * dependents of a deleted owner (background), before their owner (foreground), or sets them free (orphan), and the
 * contents of a namespace that is being deleted. Acts within the write that gives it work. Returns how to stop it.
 */
export function startGarbageCollector(core: Core): () => void {
  const dependents = dependentIndex();
  const collect = (kind: KindRef, event: { type: string; object: KubeObject }) => {
    const { type, object } = event;
    if (type === "DELETED") dependents.remove(object);
    else dependents.put(object);
    if (type === "DELETED") release(core, object, dependents.of(object.metadata.uid));
    else if (object.metadata.deletionTimestamp !== undefined)
      finalize(core, object, dependents.of(object.metadata.uid));
    else if (isOrphaned(core, object)) remove(core, refOf(object), "Background");
    if (type === "DELETED") notifyOwners(core, object, dependents);
    if (type === "DELETED" || kind.kind === "Namespace") emptyNamespace(core, kind, object);
  };
  const stops = new Map<string, () => void>();
  const follow = (kind: Kind) => {
    const name = `${kind.plural}.${kind.group}`;
    if (stops.has(name)) return;
    for (const object of core.list(kind).items) dependents.put(object);
    stops.set(
      name,
      core.subscribe(kind, (event) => collect(kind, event)),
    );
  };
  const followAll = () => core.kinds.resources().forEach(follow);
  followAll();
  // What was under way when an earlier server ended goes on
  for (const kind of core.kinds.resources()) {
    for (const object of core.list(kind).items) if (core.find(refOf(object))) collect(kind, { type: "ADDED", object });
  }
  const unsubscribe = core.kinds.subscribe(followAll);
  return () => {
    unsubscribe();
    for (const stop of stops.values()) stop();
  };
}

/** Who names an owner, by the owner's uid. */
function dependentIndex() {
  const byOwner = new Map<string, Map<string, ObjectRef>>();
  const remove = ({ metadata }: KubeObject) => {
    for (const { uid } of metadata.ownerReferences ?? []) {
      byOwner.get(uid)?.delete(metadata.uid ?? "");
      if (byOwner.get(uid)?.size === 0) byOwner.delete(uid);
    }
  };
  return {
    remove,
    put(object: KubeObject) {
      for (const { uid } of object.metadata.ownerReferences ?? []) {
        const dependents = byOwner.get(uid) ?? new Map<string, ObjectRef>();
        byOwner.set(uid, dependents.set(object.metadata.uid ?? "", refOf(object)));
      }
    },
    of: (uid = ""): ObjectRef[] => [...(byOwner.get(uid)?.values() ?? [])],
  };
}

type Dependents = ReturnType<typeof dependentIndex>;

/** The owner is gone: a dependent goes too, unless another owner of it is there. */
function release(core: Core, owner: KubeObject, dependents: readonly ObjectRef[]): void {
  for (const ref of dependents) {
    const object = core.find(ref);
    if (object !== undefined && isOrphaned(core, object)) remove(core, ref, "Background");
    else if (object !== undefined) disown(core, object, owner.metadata.uid);
  }
}

/** The owner waits for its dependents (foreground), or lets them go first (orphan). */
function finalize(core: Core, owner: KubeObject, dependents: readonly ObjectRef[]): void {
  const { finalizers = [], uid } = owner.metadata;
  const objects = dependents.flatMap((ref) => core.find(ref) ?? []);
  if (finalizers.includes("orphan")) {
    for (const object of objects) disown(core, object, uid);
    dropFinalizer(core, owner, "orphan");
  } else if (finalizers.includes("foregroundDeletion")) {
    for (const object of objects)
      if (object.metadata.deletionTimestamp === undefined) remove(core, refOf(object), "Foreground");
    const blocking = objects.some(
      (object) => core.find(refOf(object)) && ownersOf(object).some((one) => one.uid === uid && one.blockOwnerDeletion),
    );
    if (!blocking) dropFinalizer(core, owner, "foregroundDeletion");
  }
}

function notifyOwners(core: Core, object: KubeObject, dependents: Dependents): void {
  for (const owner of ownersOf(object)) {
    const found = findOwner(core, owner, object.metadata);
    if (found?.metadata.uid === owner.uid && found.metadata.deletionTimestamp !== undefined)
      finalize(core, found, dependents.of(owner.uid));
  }
}

/**
 * All its owners are gone, or have been replaced by others of their name. Of a kind that is not served nothing is known,
 * and an object without a namespace cannot have an owner in one.
 */
function isOrphaned(core: Core, object: KubeObject): boolean {
  const owners = ownersOf(object);
  const isKnown = (owner: OwnerReference) => {
    const kind = core.kinds.find(owner);
    return kind !== undefined && (!kind.namespaced || object.metadata.namespace !== undefined);
  };
  const isGone = (owner: OwnerReference) => findOwner(core, owner, object.metadata)?.metadata.uid !== owner.uid;
  return owners.length > 0 && owners.every((owner) => isKnown(owner) && isGone(owner));
}

function disown(core: Core, object: KubeObject, uid: string | undefined): void {
  const ownerReferences = ownersOf(object).filter((owner) => owner.uid !== uid);
  core.patch(refOf(object), { metadata: { ownerReferences } }, { fieldManager: "garbage-collector" });
}

function dropFinalizer(core: Core, { metadata, ...rest }: KubeObject, finalizer: string): void {
  const found = core.find(refOf({ ...rest, metadata }));
  const finalizers = found?.metadata.finalizers?.filter((name) => name !== finalizer);
  if (found !== undefined)
    core.patch(refOf(found), { metadata: { finalizers } }, { fieldManager: "garbage-collector" });
}

/** Deletes all that is in a namespace being deleted; when nothing is left, the namespace itself. */
function emptyNamespace(core: Core, kind: KindRef, object: KubeObject): void {
  const { name = "", namespace: within } = object.metadata;
  const ref = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: kind.kind === "Namespace" ? name : (within ?? "") },
  };
  const namespace = core.find(ref);
  if (namespace?.metadata.deletionTimestamp === undefined) return;
  for (const item of contentsOf(core, namespace)) {
    if (item.metadata.deletionTimestamp === undefined) remove(core, refOf(item), "Background");
  }
  // Its last content may have taken it along
  if (core.find(ref) === undefined) return;
  const left = contentsOf(core, namespace);
  if (left.length > 0) return void tellContents(core, namespace, left);
  if (at(namespace, "spec.finalizers") === undefined) return;
  const emptied = { ...without({ ...namespace }, "spec"), spec: {} } as unknown as KubeObject;
  core.replace(emptied, { subresource: "finalize", fieldManager: "namespace-controller" });
}

function contentsOf(core: Core, { metadata: { name = "" } }: KubeObject): KubeObject[] {
  const kinds = core.kinds.resources().filter(({ namespaced }) => namespaced);
  return kinds.flatMap((one) => core.list({ ...one, namespace: name }).items);
}

/** What keeps a namespace, as `kubectl describe namespace` shows it. */
function tellContents(core: Core, namespace: KubeObject, left: readonly KubeObject[]): void {
  const resources = counts(
    left.map((item) => resourceOf(core, item)),
    "has ",
  );
  const finalizers = counts(
    left.flatMap(({ metadata }) => metadata.finalizers ?? []),
    "in ",
  );
  const told = [
    ["NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered", "All resources successfully discovered"],
    [
      "NamespaceDeletionGroupVersionParsingFailure",
      "False",
      "ParsedGroupVersions",
      "All legacy kube types successfully parsed",
    ],
    [
      "NamespaceDeletionContentFailure",
      "False",
      "ContentDeleted",
      "All content successfully deleted, may be waiting on finalization",
    ],
    ["NamespaceContentRemaining", "True", "SomeResourcesRemain", `Some resources are remaining: ${resources}`],
    finalizers === ""
      ? [
          "NamespaceFinalizersRemaining",
          "False",
          "ContentHasNoFinalizers",
          "All content-preserving finalizers finished",
        ]
      : [
          "NamespaceFinalizersRemaining",
          "True",
          "SomeFinalizersRemain",
          `Some content in the namespace has finalizers remaining: ${finalizers}`,
        ],
  ];
  const lastTransitionTime = namespace.metadata.deletionTimestamp;
  const conditions = told.map(([type, status, reason, message]) => ({
    type,
    status,
    lastTransitionTime,
    reason,
    message,
  }));
  const options = { subresource: "status", fieldManager: "namespace-controller" } as const;
  core.patch(refOf(namespace), { status: { conditions } }, options);
}

function resourceOf(core: Core, object: KubeObject): string {
  const { plural, group } = core.kinds.of(object);
  return `${plural}.${group}`;
}

/** `pods. has 2 resource instances, secrets. has 1 resource instances` */
function counts(names: readonly string[], how: string): string {
  const byName = new Map<string, number>();
  for (const name of names) byName.set(name, (byName.get(name) ?? 0) + 1);
  const entries = [...byName].sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, count]) => `${name} ${how}${count} resource instances`).join(", ");
}

function remove(core: Core, ref: ObjectRef, propagationPolicy: "Background" | "Foreground"): void {
  if (core.find(ref) !== undefined) core.delete(ref, { propagationPolicy });
}

function ownersOf(object: KubeObject): readonly OwnerReference[] {
  return object.metadata.ownerReferences ?? [];
}

function refOf({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  const { name = "", namespace } = metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

/** An owner lives in its dependent's namespace, or in none. */
function findOwner(core: Core, owner: OwnerReference, { namespace }: ObjectMeta): KubeObject | undefined {
  const { apiVersion, kind, name } = owner;
  if (core.kinds.find(owner) === undefined) return undefined;
  return core.find({ apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } });
}
