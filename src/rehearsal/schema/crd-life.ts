import type { AnyObject } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import type { CoreContext } from "../core/context.ts";
import { deleteObject } from "../core/delete.ts";
import { arrayOr, at } from "../core/json.ts";
import type { Kind } from "../core/kinds.ts";
import { recordUpdate } from "../core/managed-fields.ts";
import type { Change } from "../core/store.ts";
import { updateObject } from "../core/update.ts";
import { type CrdSpec, kindsOf } from "./crd.ts";
import { crdFinalizer, crdRules } from "./crd-rules.ts";
import { karpenterCrds } from "./karpenter-crds.ts";

/**
 * Serves what the CustomResourceDefinitions in the store define, from now on: those there (in a new cluster
 * Karpenter's), and each as it changes. One that is deleted takes its objects along, and then its kind is gone.
 */
export function serveCustomKinds(context: CoreContext): void {
  const { store, kinds } = context;
  const crds = kinds.of({ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" });
  const emptying = new Map<string, () => void>();
  const follow = ({ type, object }: Pick<Change, "type" | "object">) => {
    const spec = object["spec"] as CrdSpec;
    const name = object.metadata.name ?? "";
    const served = type !== "DELETED" && isEstablished(object) ? kindsOf(spec) : [];
    const before = kinds.all().filter((kind) => kind.group === spec.group && kind.plural === spec.names.plural);
    if (served.length !== before.length || served.some((kind, index) => kind !== before[index]))
      kinds.set(spec.group, spec.names.plural, served);
    if (type === "DELETED") emptying.get(name)?.();
    if (type === "DELETED") emptying.delete(name);
    else if (object.metadata.deletionTimestamp !== undefined && !emptying.has(name))
      emptying.set(name, empty(context, crds, name, served[0]));
  };
  for (const object of store.list(crds)) follow({ type: "ADDED", object });
  store.subscribe(crds, follow);
  if (store.version() === 0) addKarpenterCrds(context, crds);
}

/** Adds Karpenter's CRDs. Their specs are the same objects in every core of a process, and so is what is made of them. */
function addKarpenterCrds(context: CoreContext, crds: Kind): void {
  const { store, random, clock } = context;
  for (const spec of karpenterCrds) {
    const name = `${spec.names.plural}.${spec.group}`;
    const metadata = { name, uid: random.uuid(), generation: 1, creationTimestamp: timestamp(clock.now()) };
    const crd: AnyObject = { apiVersion: crds.apiVersion, kind: crds.kind, metadata, spec };
    crdRules.prepare(crd, context);
    recordUpdate(context, crds, undefined, crd, { fieldManager: "kube-apiserver" });
    store.put(crds, name, crd);
  }
}

function isEstablished(crd: AnyObject): boolean {
  return arrayOr(at(crd, "status.conditions")).some(({ type, status }) => type === "Established" && status === "True");
}

/** Deletes all objects of a kind, and when the last is gone lets its CRD go. Returns how to stop it. */
function empty(context: CoreContext, crds: Kind, name: string, kind: Kind | undefined): () => void {
  const { store } = context;
  const letGo = () => {
    const crd = store.get(crds, name);
    if (crd === undefined || (kind !== undefined && store.list(kind).length > 0)) return;
    const finalizers = crd.metadata.finalizers?.filter((one) => one !== crdFinalizer) ?? [];
    const next = { ...crd, metadata: { ...crd.metadata, finalizers } };
    updateObject(context, crds, crd, next, { fieldManager: "kube-apiserver" });
  };
  const stop =
    kind === undefined ? () => undefined : store.subscribe(kind, ({ type }) => type === "DELETED" && letGo());
  for (const object of kind === undefined ? [] : store.list(kind))
    if (object.metadata.deletionTimestamp === undefined) deleteObject(context, kind as Kind, object, {});
  letGo();
  return stop;
}
