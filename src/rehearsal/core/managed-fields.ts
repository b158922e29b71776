import type { AnyObject, ManagedFieldsEntry } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import type { CoreContext } from "./context.ts";
import type { WriteOptions } from "./core.ts";
import { compareFields, difference, type FieldSet, fieldsOf, intersection, isEmpty, union } from "./field-sets.ts";
import { equal, type JsonObject, without } from "./json.ts";
import type { Kind } from "./kinds.ts";

/** Metadata that nobody owns: the server sets it. As apimachinery's stripFields, with what deletion adds. */
const serverFields = [
  ...["name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"],
  ...["deletionTimestamp", "deletionGracePeriodSeconds"],
];

/** The part of an object whose fields can be owned. */
export function ownable(object: AnyObject): JsonObject {
  const metadata = without({ ...object.metadata }, ...serverFields);
  const rest = without(object, "apiVersion", "kind", "metadata");
  return Object.keys(metadata).length > 0 ? { metadata, ...rest } : rest;
}

export function fieldSetOf(entry: ManagedFieldsEntry): FieldSet {
  return (entry.fieldsV1 ?? {}) as FieldSet;
}

/** The writer of an update owns what it changed; the others lose that, and all lose what is gone. */
export function recordUpdate(
  context: CoreContext,
  kind: Kind,
  old: AnyObject | undefined,
  next: AnyObject,
  { fieldManager = "aura", subresource }: WriteOptions,
): void {
  const mine = { manager: fieldManager, operation: "Update", ...(subresource && { subresource }) } as const;
  if (old === undefined) {
    setEntries(next, [entryOf(context, kind, mine, fieldsOf(kind, "", ownable(next)), undefined)]);
    return;
  }
  const before = old.metadata.managedFields ?? [];
  const { changed, removed } = compareFields(kind, "", ownable(old), ownable(next));
  if (isEmpty(changed) && isEmpty(removed)) {
    setEntries(next, before);
    return;
  }
  const existing = before.find((entry) => isBy(entry, mine));
  const taken = union(changed, removed);
  const others = before.filter((entry) => entry !== existing).map((entry) => reduced(entry, taken));
  const fields = existing ? union(difference(fieldSetOf(existing), removed), changed) : changed;
  setEntries(next, [...others, entryOf(context, kind, mine, fields, existing)]);
}

type Manager = Pick<ManagedFieldsEntry, "manager" | "operation" | "subresource">;

export function isBy(entry: ManagedFieldsEntry, manager: Manager): boolean {
  return (
    entry.manager === manager.manager &&
    entry.operation === manager.operation &&
    entry.subresource === manager.subresource
  );
}

/** The entry without fields that somebody else has taken. */
export function reduced(entry: ManagedFieldsEntry, taken: FieldSet): ManagedFieldsEntry {
  const fields = fieldSetOf(entry);
  const lost = intersection(fields, taken);
  return isEmpty(lost) ? entry : { ...entry, fieldsV1: difference(fields, lost) };
}

/** Keeps its time while its fields are the same, so that a write that changes nothing changes no entry either. */
export function entryOf(
  { clock }: CoreContext,
  kind: Kind,
  manager: Manager,
  fields: FieldSet,
  existing: ManagedFieldsEntry | undefined,
): ManagedFieldsEntry {
  if (existing !== undefined && equal(existing.fieldsV1, fields)) return existing;
  const { apiVersion } = kind;
  const time = timestamp(clock.now());
  const { manager: name, operation, subresource } = manager;
  const head = { manager: name, operation, apiVersion, time, fieldsType: "FieldsV1", fieldsV1: fields } as const;
  return subresource === undefined ? head : { ...head, subresource };
}

export function setEntries(object: AnyObject, entries: readonly ManagedFieldsEntry[]): void {
  const kept = entries.filter((entry) => !isEmpty(fieldSetOf(entry)));
  if (kept.length > 0) object.metadata.managedFields = kept;
  else delete object.metadata.managedFields;
}
