import type { KubeObject, OwnerReference } from "../../cluster/objects.ts";
import type { Core } from "../core/core.ts";
import { selectorText } from "../core/selector-text.ts";
import { parseLabelSelector } from "../core/selectors.ts";
import { controllerOf, isDeleting, nameOf, refOf } from "./refs.ts";

type Selecting = KubeObject & { readonly spec?: { readonly selector?: unknown } };

/** Whether an owner's or a budget's selector takes an object. An empty one takes all, none takes nothing. */
export function selecting({ spec }: Selecting): (object: KubeObject) => boolean {
  if (spec?.selector === undefined) return () => false;
  const text = selectorText(spec.selector);
  const matches = text === "<none>" ? () => true : parseLabelSelector(text);
  return ({ metadata }) => matches(metadata.labels ?? {});
}

/**
 * What an owner controls: takes on those of `others` that its selector matches and nobody controls, and lets go of what
 * it does not match any more.
 */
export function claim<T extends KubeObject>(core: Core, owner: Selecting, candidates: readonly T[]): T[] {
  const { uid = "" } = owner.metadata;
  const matches = selecting(owner);
  const reference = { apiVersion: owner.apiVersion, kind: owner.kind, name: nameOf(owner), uid };
  const adopting = { ...reference, controller: true, blockOwnerDeletion: true };
  return candidates.flatMap((object) => {
    const { ownerReferences = [] } = object.metadata;
    const controller = controllerOf(object);
    if (controller !== undefined && controller.uid !== uid) return [];
    if (isDeleting(owner) || matches(object) === (controller !== undefined)) return controller ? [object] : [];
    if (controller === undefined && isDeleting(object)) return [];
    if (controller === undefined) return [writeOwners(core, object, [...ownerReferences, adopting])];
    writeOwners(
      core,
      object,
      ownerReferences.filter((one) => one.uid !== uid),
    );
    return [];
  });
}

function writeOwners<T extends KubeObject>(core: Core, object: T, ownerReferences: readonly OwnerReference[]): T {
  return core.patch<T>(refOf(object), { metadata: { ownerReferences } }, { fieldManager: "kube-controller-manager" });
}

/** The keys of the owners in an object's namespace whose selector takes it, for one that nobody controls. */
export function claimants(core: Core, kind: { apiVersion: string; kind: string }, object: KubeObject): string[] {
  const { namespace = "default" } = object.metadata;
  return core
    .list<Selecting>({ ...kind, namespace })
    .items.filter((owner) => selecting(owner)(object))
    .map((owner) => `${namespace}/${nameOf(owner)}`);
}
