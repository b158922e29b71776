import type { ObjectRef } from "../../cluster/api.ts";
import type { Condition, KubeObject, OwnerReference } from "../../cluster/objects.ts";
import { writeStatus } from "./conditions.ts";
import type { Core } from "./core.ts";
import { at } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { isDeleting, refOf, refTo } from "./refs.ts";

/**
 * Deletes what belongs to what is gone, as kube-controller-manager's garbage collector and namespace controller do:
 * dependents of a deleted owner (background), before their owner (foreground), or sets them free (orphan), and the
 * contents of a namespace that is being deleted. Acts within the write that gives it work. Returns how to stop it.
 */
export function startGarbageCollector(core: Core): () => void {
  const dependents = dependentIndex(core);
  /** What still holds each namespace that is being deleted, by uid. */
  const held = new Map<string, ReadonlySet<string>>();
  const stops = new Map<string, () => void>();
  const collect = (object: KubeObject, type: string) => {
    if (type === "DELETED") {
      dependents.remove(object);
      for (const one of dependents.of(object)) release(core, object, one);
      notifyOwners(core, object, dependents);
    } else {
      dependents.put(object);
      if (isDeleting(object)) finalize(core, object, dependents.of(object));
      else if (isOrphaned(core, object)) remove(core, object, "Background");
    }
    const { name = "", namespace = "", uid = "" } = object.metadata;
    if (object.kind === "Namespace") held.set(name, emptyNamespace(core, name));
    // Only what was left over by then: a namespace of thousands is not looked through for each of them
    else if (type === "DELETED" && held.get(namespace)?.has(uid)) held.set(namespace, emptyNamespace(core, namespace));
  };
  const follow = (kind: Kind) => {
    const name = `${kind.plural}.${kind.group}`;
    if (stops.has(name)) return;
    for (const object of core.list(kind).items) dependents.put(object);
    stops.set(
      name,
      core.subscribe(kind, ({ object, type }) => collect(object, type)),
    );
  };
  const followAll = () => core.kinds.resources().forEach(follow);
  followAll();
  // What was under way when an earlier server ended goes on
  for (const kind of core.kinds.resources()) {
    for (const object of core.list(kind).items) if (core.find(refOf(object))) collect(object, "ADDED");
  }
  const unsubscribe = core.kinds.subscribe(followAll);
  return () => {
    unsubscribe();
    for (const stop of stops.values()) stop();
  };
}

/** Who names an owner, by the owner's uid. */
function dependentIndex(core: Core) {
  const byOwner = new Map<string, Map<string, ObjectRef>>();
  return {
    remove(object: KubeObject) {
      for (const { uid } of ownersOf(object)) {
        byOwner.get(uid)?.delete(object.metadata.uid ?? "");
        if (byOwner.get(uid)?.size === 0) byOwner.delete(uid);
      }
    },
    put(object: KubeObject) {
      for (const { uid } of ownersOf(object)) {
        const dependents = byOwner.get(uid) ?? new Map<string, ObjectRef>();
        byOwner.set(uid, dependents.set(object.metadata.uid ?? "", refOf(object)));
      }
    },
    of({ metadata: { uid = "" } }: KubeObject): KubeObject[] {
      return [...(byOwner.get(uid)?.values() ?? [])].flatMap((ref) => core.find(ref) ?? []);
    },
  };
}

type Dependents = ReturnType<typeof dependentIndex>;

/** The owner is gone: a dependent goes too, unless another owner of it is there. */
function release(core: Core, owner: KubeObject, dependent: KubeObject): void {
  const object = core.find(refOf(dependent));
  if (object !== undefined && isOrphaned(core, object)) remove(core, object, "Background");
  else if (object !== undefined) disown(core, object, owner);
}

/** The owner waits for its dependents (foreground), or lets them go first (orphan). */
function finalize(core: Core, owner: KubeObject, dependents: readonly KubeObject[]): void {
  const { finalizers = [], uid } = owner.metadata;
  if (finalizers.includes("orphan")) {
    for (const object of dependents) disown(core, object, owner);
    dropFinalizer(core, owner, "orphan");
  } else if (finalizers.includes("foregroundDeletion")) {
    for (const object of dependents) if (!isDeleting(object)) remove(core, object, "Foreground");
    const isBlocking = (one: OwnerReference) => one.uid === uid && one.blockOwnerDeletion;
    const isHeld = dependents.some((object) => core.find(refOf(object)) && ownersOf(object).some(isBlocking));
    if (!isHeld) dropFinalizer(core, owner, "foregroundDeletion");
  }
}

function notifyOwners(core: Core, object: KubeObject, dependents: Dependents): void {
  for (const reference of ownersOf(object)) {
    const owner = findOwner(core, reference, object);
    if (owner?.metadata.uid === reference.uid && isDeleting(owner)) finalize(core, owner, dependents.of(owner));
  }
}

/**
 * All its owners are gone, or have been replaced by others of their name. Of a kind that is not served nothing is known,
 * and an object without a namespace cannot have an owner in one.
 */
function isOrphaned(core: Core, object: KubeObject): boolean {
  const owners = ownersOf(object);
  return owners.length > 0 && owners.every((owner) => isGone(core, owner, object));
}

function isGone(core: Core, owner: OwnerReference, object: KubeObject): boolean {
  const kind = core.kinds.find(owner);
  if (kind === undefined || (kind.namespaced && object.metadata.namespace === undefined)) return false;
  return findOwner(core, owner, object)?.metadata.uid !== owner.uid;
}

function disown(core: Core, object: KubeObject, { metadata: { uid } }: KubeObject): void {
  const ownerReferences = ownersOf(object).filter((owner) => owner.uid !== uid);
  core.patch(refOf(object), { metadata: { ownerReferences } }, { fieldManager: "garbage-collector" });
}

/** Lets an object go as far as one of its finalizers kept it. */
export function dropFinalizer(core: Core, object: KubeObject, name: string, fieldManager = "garbage-collector"): void {
  const finalizers = core.find(refOf(object))?.metadata.finalizers ?? [];
  if (!finalizers.includes(name)) return;
  const rest = finalizers.filter((one) => one !== name);
  core.patch(refOf(object), { metadata: { finalizers: rest } }, { fieldManager });
}

/** Deletes all that is in a namespace being deleted, and with the last of it the namespace. Returns what is left. */
function emptyNamespace(core: Core, name: string): ReadonlySet<string> {
  const ref = refTo({ apiVersion: "v1", kind: "Namespace" }, name);
  const found = core.find(ref);
  if (found === undefined || !isDeleting(found)) return new Set();
  for (const item of contentsOf(core, name)) if (!isDeleting(item)) remove(core, item, "Background");
  // Its last content may have taken it along
  const namespace = core.find(ref);
  const left = contentsOf(core, name);
  if (namespace === undefined) return new Set();
  if (left.length > 0) tellContents(core, namespace, left);
  else if (at(namespace, "spec.finalizers") !== undefined) {
    const options = { subresource: "finalize", fieldManager: "namespace-controller" } as const;
    core.replace({ ...namespace, spec: {} } as KubeObject, options);
  }
  return new Set(left.map(({ metadata }) => metadata.uid ?? ""));
}

function contentsOf(core: Core, namespace: string): KubeObject[] {
  const kinds = core.kinds.resources().filter(({ namespaced }) => namespaced);
  return kinds.flatMap((kind) => core.list({ ...kind, namespace }).items);
}

/** What keeps a namespace, as `kubectl describe namespace` shows it. */
function tellContents(core: Core, namespace: KubeObject, left: readonly KubeObject[]): void {
  const resources = left.map((item) => core.kinds.of(item)).map(({ plural, group }) => `${plural}.${group}`);
  const finalizers = left.flatMap(({ metadata }) => metadata.finalizers ?? []);
  const remaining = `Some content in the namespace has finalizers remaining: ${counts(finalizers, "in ")}`;
  const condition = (type: string, status: Condition["status"], reason: string, message: string): Condition => ({
    type: `Namespace${type}`,
    status,
    lastTransitionTime: namespace.metadata.deletionTimestamp ?? "",
    reason,
    message,
  });
  const done = "All content successfully deleted, may be waiting on finalization";
  const conditions = [
    condition("DeletionDiscoveryFailure", "False", "ResourcesDiscovered", "All resources successfully discovered"),
    condition("DeletionGroupVersionParsingFailure", "False", "ParsedGroupVersions", parsed),
    condition("DeletionContentFailure", "False", "ContentDeleted", done),
    condition("ContentRemaining", "True", "SomeResourcesRemain", `${some} ${counts(resources, "has ")}`),
    finalizers.length === 0
      ? condition("FinalizersRemaining", "False", "ContentHasNoFinalizers", finished)
      : condition("FinalizersRemaining", "True", "SomeFinalizersRemain", remaining),
  ];
  writeStatus(core, namespace, { conditions }, "namespace-controller");
}

const parsed = "All legacy kube types successfully parsed";
const some = "Some resources are remaining:";
const finished = "All content-preserving finalizers finished";

/** `pods. has 2 resource instances, secrets. has 1 resource instances` */
function counts(names: readonly string[], how: string): string {
  const distinct = [...new Set(names)].sort();
  const count = (name: string) => names.filter((other) => other === name).length;
  return distinct.map((name) => `${name} ${how}${count(name)} resource instances`).join(", ");
}

function remove(core: Core, object: KubeObject, propagationPolicy: "Background" | "Foreground"): void {
  if (core.find(refOf(object)) !== undefined) core.delete(refOf(object), { propagationPolicy });
}

function ownersOf({ metadata }: KubeObject): readonly OwnerReference[] {
  return metadata.ownerReferences ?? [];
}

/** An owner lives in its dependent's namespace, or in none. */
function findOwner(core: Core, owner: OwnerReference, { metadata: { namespace } }: KubeObject): KubeObject | undefined {
  const { apiVersion, kind, name } = owner;
  if (core.kinds.find(owner) === undefined) return undefined;
  return core.find({ apiVersion, kind, metadata: { name, ...(namespace && { namespace }) } });
}
