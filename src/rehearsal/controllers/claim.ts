import type { KubeObject, OwnerReference } from "../../cluster/objects.ts";
import type { Core } from "../core/core.ts";
import { controllerOf, isDeleting, nameOf, refOf } from "./refs.ts";

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

type Selecting = KubeObject & { readonly spec?: { readonly selector?: LabelSelector } };

/** Whether an object's labels satisfy a selector; an empty one takes everything. */
export function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, { metadata }: KubeObject): boolean {
  const labels = metadata.labels ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === "Exists" || operator === "DoesNotExist")
        return (operator === "Exists") === (value !== undefined);
      return (operator === "In") === (value !== undefined && values.includes(value));
    })
  );
}

/**
 * What an owner controls: takes on those of `others` that its selector matches and nobody controls, and lets go of what
 * it does not match any more.
 */
export function claim<T extends KubeObject>(core: Core, owner: Selecting, candidates: readonly T[]): T[] {
  const { uid = "" } = owner.metadata;
  const matches = (object: T) => selects(owner.spec?.selector ?? {}, object);
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
    .items.filter(({ spec }) => selects(spec?.selector ?? {}, object))
    .map((owner) => `${namespace}/${nameOf(owner)}`);
}
