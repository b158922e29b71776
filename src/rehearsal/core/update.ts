import type { AnyObject, ObjectMeta } from "../../cluster/objects.ts";
import { checkObject, rulesOf } from "../rules/rules.ts";
import { decoded } from "../schema/decode.ts";
import type { CoreContext } from "./context.ts";
import type { WriteOptions } from "./core.ts";
import { arrayOr, at, copyJson, equal, freeze, without } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { recordUpdate } from "./managed-fields.ts";
import { checkMetadata, tidyMetadata } from "./metadata.ts";
import { badRequest, conflict, invalid, modified, noSuchResource } from "./status-errors.ts";
import { keyOf } from "./store.ts";

/** How a write of a whole object is recorded: an update of its manager unless an apply says otherwise. */
type Record = typeof recordUpdate;

/**
 * Replaces `old` by `candidate`: what a write may not touch is kept, the rest is defaulted and checked.
 * A write that changes nothing makes no version and no event. The last finalizer's end removes the object.
 */
export function updateObject(
  context: CoreContext,
  kind: Kind,
  old: AnyObject,
  candidate: AnyObject,
  options: WriteOptions = {},
  record: Record = recordUpdate,
): AnyObject {
  checkPreconditions(kind, old, candidate.metadata ?? {});
  // An apply may take over fields without changing them
  if (record === recordUpdate && equal(old, candidate)) return old;
  const given = options.subresource === "status" ? newsIn(old, candidate) : candidate;
  const next = permitted(kind, old, decoded(kind, given, options), options.subresource);
  tidyMetadata(next.metadata);
  prepareAndCheck(context, kind, old, next, options);
  if (kind.generation && !equal(desired(old), desired(next)))
    next.metadata.generation = (old.metadata.generation ?? 0) + 1;
  record(context, kind, old, next, options);
  if (equal(old, next)) return old;
  if (options.dryRun) return freeze(next);
  const key = keyOf(kind, old.metadata);
  return isFinished(next) ? context.store.remove(kind, key, next) : context.store.put(kind, key, next);
}

function prepareAndCheck(
  context: CoreContext,
  kind: Kind,
  old: AnyObject,
  next: AnyObject,
  { subresource, warn }: WriteOptions,
): void {
  // A built-in status is not checked: only controllers write it
  const rules = subresource === undefined || kind.custom ? rulesOf(kind) : {};
  rules.prepare?.(next, context, old);
  // No subresource writes metadata
  const metadata = subresource === undefined ? checkMetadata(kind, next.metadata, old.metadata) : [];
  const problems = [...metadata, ...checkObject(rules, next, old)];
  if (problems.length > 0) throw invalid(kind, old.metadata.name ?? "", problems);
  for (const text of rules.warnings?.(next) ?? []) warn?.(text);
}

/** Whether nothing keeps an object that is being deleted any longer. */
export function isFinished(object: AnyObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata;
  const held = finalizers.length > 0 || arrayOr(at(object, "spec.finalizers")).length > 0;
  return deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && !held;
}

function checkPreconditions(kind: Kind, old: AnyObject, given: ObjectMeta): void {
  const { name = "", namespace, uid, resourceVersion } = old.metadata;
  if (given.name !== undefined && given.name !== name) {
    throw badRequest(`the name of the object (${given.name}) does not match the name on the URL (${name})`);
  }
  if (given.namespace !== undefined && given.namespace !== namespace) {
    throw badRequest(
      `the namespace of the object (${given.namespace}) does not match the namespace on the URL (${namespace ?? ""})`,
    );
  }
  if (given.uid && given.uid !== uid) {
    throw conflict(kind, name, `Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${uid}`);
  }
  if (given.resourceVersion && given.resourceVersion !== resourceVersion) throw modified(kind, name);
}

/** The candidate with everything restored that this kind of write does not concern. */
function permitted(
  kind: Kind,
  old: AnyObject,
  candidate: AnyObject,
  subresource: WriteOptions["subresource"],
): AnyObject {
  const { apiVersion, kind: name } = kind;
  const isStatus = subresource === "status";
  if (isStatus && !kind.status) throw noSuchResource();
  // Rules of a custom kind fill in defaults anywhere; what else is stored is never changed, and so can be shared
  const whole = kind.custom ? copyJson(old) : { ...old, metadata: { ...old.metadata } };
  if (isStatus) return { ...whole, ...statusOf(candidate) };
  if (subresource === "finalize" || subresource === "scale") return { ...copyJson(old), spec: candidate["spec"] };
  const metadata = { ...candidate.metadata, ...identity(old.metadata) };
  if (old.metadata.generation === undefined) delete metadata.generation;
  if (old.metadata.deletionTimestamp === undefined) delete metadata.deletionTimestamp;
  if (old.metadata.deletionGracePeriodSeconds === undefined) delete metadata.deletionGracePeriodSeconds;
  const next: AnyObject = { ...candidate, apiVersion, kind: name, metadata };
  if (!kind.status) return next;
  const kept = kind.kind === "Namespace" ? { spec: copyJson(old["spec"]) } : {};
  return { ...without(next, "status"), ...statusOf(copyJson(old)), ...kept } as AnyObject;
}

/** Without fields that a patch left as they were: those were decoded before. */
function newsIn(old: AnyObject, candidate: AnyObject): AnyObject {
  const isNews = ([name, value]: [string, unknown]) => typeof value !== "object" || value !== old[name];
  return Object.fromEntries(Object.entries(candidate).filter(isNews)) as AnyObject;
}

function statusOf(object: AnyObject): { status?: unknown } {
  return object["status"] === undefined ? {} : { status: object["status"] };
}

/** Metadata that only the server sets. */
function identity(old: ObjectMeta): Partial<ObjectMeta> {
  const fields = ["name", "namespace", "generateName", "uid", "resourceVersion", "creationTimestamp"] as const;
  const more = ["generation", "deletionTimestamp", "deletionGracePeriodSeconds"] as const;
  return Object.fromEntries(
    [...fields, ...more].flatMap((field) => (old[field] === undefined ? [] : [[field, old[field]]])),
  );
}

function desired(object: AnyObject): unknown {
  return without(object, "metadata", "status");
}
