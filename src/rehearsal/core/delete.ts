import type { DeleteOptions } from "../../cluster/api.ts";
import type { AnyObject } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import type { CoreContext } from "./context.ts";
import { at, copyJson, freeze } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { conflict, forbidden } from "./status-errors.ts";
import { keyOf } from "./store.ts";
import { isFinished } from "./update.ts";

type Options = DeleteOptions & { readonly uid?: string; readonly resourceVersion?: string; readonly dryRun?: boolean };

/** Removes an object, or marks it as being deleted when a finalizer, a grace period or its contents keep it. */
export function deleteObject(context: CoreContext, kind: Kind, old: AnyObject, options: Options): AnyObject {
  checkPreconditions(kind, old, options);
  const { name = "" } = old.metadata;
  if (kind.kind === "Namespace" && immortal.includes(name))
    throw forbidden(kind, name, "this namespace may not be deleted");
  const next = copyJson(old);
  markFinalizers(next, options.propagationPolicy);
  markDeleted(context, kind, next, graceSeconds(kind, old, options));
  if (options.dryRun) return freeze(next);
  const key = keyOf(kind, old.metadata);
  if (isFinished(next)) return context.store.remove(kind, key, next);
  return unchanged(old, next) ? old : context.store.put(kind, key, next);
}

function checkPreconditions(kind: Kind, { metadata }: AnyObject, { uid, resourceVersion }: Options): void {
  const refuse = (what: string, wanted: string, found: string | undefined) =>
    conflict(
      kind,
      metadata.name ?? "",
      `Precondition failed: ${what} in precondition: ${wanted}, ${what} in object meta: ${found}`,
    );
  if (uid !== undefined && uid !== metadata.uid) throw refuse("UID", uid, metadata.uid);
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw refuse("ResourceVersion", resourceVersion, metadata.resourceVersion);
  }
}

/** Namespaces that the NamespaceLifecycle admission plugin keeps. */
const immortal = ["default", "kube-public", "kube-system"];

/** Dependents are dealt with by the garbage collector, which takes these finalizers off again. */
function markFinalizers({ metadata }: AnyObject, policy: Options["propagationPolicy"]): void {
  const others = (metadata.finalizers ?? []).filter((name) => name !== "orphan" && name !== "foregroundDeletion");
  if (policy === "Orphan") metadata.finalizers = [...others, "orphan"];
  else if (policy === "Foreground") metadata.finalizers = [...others, "foregroundDeletion"];
  else if (policy === "Background" && metadata.finalizers) metadata.finalizers = others;
}

/** A pod that runs on a node has time to stop; everything else goes at once. */
function graceSeconds(kind: Kind, old: AnyObject, options: Options): number {
  const phase = at(old, "status.phase");
  const isRunning = kind.kind === "Pod" && at(old, "spec.nodeName") && phase !== "Succeeded" && phase !== "Failed";
  if (!isRunning) return 0;
  const asked = options.gracePeriodSeconds ?? Number(at(old, "spec.terminationGracePeriodSeconds") ?? 30);
  return Math.min(Math.max(0, asked), old.metadata.deletionGracePeriodSeconds ?? Number.POSITIVE_INFINITY);
}

function markDeleted({ clock }: CoreContext, kind: Kind, next: AnyObject, grace: number): void {
  const { metadata } = next;
  const again = metadata.deletionTimestamp !== undefined;
  if (again && (metadata.deletionGracePeriodSeconds ?? 0) <= grace) return;
  metadata.deletionTimestamp = timestamp(clock.now() + grace * 1000);
  if (kind.kind === "Namespace") next["status"] = { ...(next["status"] as object), phase: "Terminating" };
  else metadata.deletionGracePeriodSeconds = grace;
  if (kind.generation && !again) metadata.generation = (metadata.generation ?? 0) + 1;
}

function unchanged(old: AnyObject, next: AnyObject): boolean {
  const [before, after] = [old.metadata, next.metadata];
  return (
    before.deletionTimestamp === after.deletionTimestamp &&
    before.deletionGracePeriodSeconds === after.deletionGracePeriodSeconds &&
    String(before.finalizers ?? []) === String(after.finalizers ?? [])
  );
}
