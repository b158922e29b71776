import { type KubeObject, keyOf } from "../../cluster/objects.ts";
import type { Core } from "../core/core.ts";
import {
  controlledBy,
  controllerOf,
  isDeleting,
  type Kinds,
  list,
  namespaceOf,
  refOf,
  type Selecting,
  selecting,
} from "../core/refs.ts";
import { controllerManager } from "./deps.ts";

/**
 * What an owner controls: takes on those of `candidates` that its selector matches and nobody controls, and lets go of
 * what it does not match any more.
 */
export function claim<T extends KubeObject>(core: Core, owner: Selecting, candidates: readonly T[]): T[] {
  const { uid } = owner.metadata;
  const matches = selecting(owner);
  const withOwners = (object: T, ownerReferences: object[]) =>
    core.patch<T>(refOf(object), { metadata: { ownerReferences } }, { fieldManager: controllerManager });
  return candidates.flatMap((object) => {
    const { ownerReferences = [] } = object.metadata;
    const controller = controllerOf(object);
    const isOwn = controller?.uid === uid;
    if (controller !== undefined && !isOwn) return [];
    if (isDeleting(owner) || matches(object) === isOwn) return isOwn ? [object] : [];
    if (!isOwn) return isDeleting(object) ? [] : [withOwners(object, [...ownerReferences, controlledBy(owner)])];
    const others = ownerReferences.filter((one) => one.uid !== uid);
    withOwners(object, others);
    return [];
  });
}

type SelectingKind = "ReplicaSet" | "Deployment" | "PodDisruptionBudget";

/** The key of the controller of an object, if it is of this kind. */
export function controllerKey(kind: keyof Kinds, object: KubeObject): string | undefined {
  const owner = controllerOf(object);
  return owner?.kind === kind ? `${object.metadata.namespace}/${owner.name}` : undefined;
}

/** The keys that a change of an object concerns: of its controller, or of all that might take it. */
export function ownerKeys(core: Core, kind: SelectingKind, object: KubeObject): string | string[] | undefined {
  return controllerOf(object) === undefined ? claimants(core, kind, object) : controllerKey(kind, object);
}

/** The keys of those in an object's namespace whose selector takes it. */
export function claimants(core: Core, kind: SelectingKind, object: KubeObject): string[] {
  const all: readonly Selecting[] = list(core, kind, namespaceOf(object));
  return all.filter((one) => selecting(one)(object)).map(keyOf);
}
