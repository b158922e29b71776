import type { AnyObject, ManagedFieldsEntry } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import type { CoreContext } from "./context.ts";
import type { WriteOptions } from "./core.ts";
import {
  compareFields,
  difference,
  type FieldSet,
  fieldsOf,
  intersection,
  isEmpty,
  isFieldSet,
  shared,
  union,
} from "./field-sets.ts";
import { equal, isObject, type JsonObject, without } from "./json.ts";
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
  const { apiVersion } = kind;
  const mine = { manager: fieldManager, operation: "Update", apiVersion, ...(subresource && { subresource }) } as const;
  if (old === undefined) {
    setEntries(next, [entryOf(context, kind, mine, fieldsOf(kind.schema, ownable(next)), undefined)]);
    return;
  }
  const before = entriesBefore(old, next, subresource);
  const { changed, removed } = compareFields(kind.schema, ownable(old), ownable(next));
  // What nobody owns is not tracked until somebody applies
  if (before.length === 0 || (isEmpty(changed) && isEmpty(removed))) {
    setEntries(next, before);
    return;
  }
  const existing = before.find((entry) => isBy(entry, mine));
  const taken = union(changed, removed);
  const others = before.filter((entry) => entry !== existing).map((entry) => reduced(entry, taken));
  const fields = existing ? union(difference(fieldSetOf(existing), removed), changed) : changed;
  setEntries(next, [...others, entryOf(context, kind, mine, fields, existing)]);
}

/** Who owned what: as it was, unless the write says it anew. A list of one empty entry means that nobody does. */
function entriesBefore(
  old: AnyObject,
  next: AnyObject,
  subresource: string | undefined,
): readonly ManagedFieldsEntry[] {
  const [before, given] = [old.metadata.managedFields ?? [], next.metadata.managedFields];
  if (subresource !== undefined || !Array.isArray(given) || given.length === 0) return before;
  if (given.length === 1 && isObject(given[0]) && isEmpty(given[0] as FieldSet)) return [];
  return given.every(isEntry) ? given : before;
}

function isEntry(entry: unknown): boolean {
  if (!isObject(entry)) return false;
  const { operation, fieldsType, fieldsV1 } = entry;
  return (operation === "Apply" || operation === "Update") && fieldsType === "FieldsV1" && isFieldSet(fieldsV1);
}

/** An update's manager is one for each version of the API that it writes. */
type Manager = Pick<ManagedFieldsEntry, "manager" | "operation" | "subresource" | "apiVersion">;

export function isBy(entry: ManagedFieldsEntry, manager: Manager): boolean {
  return (
    entry.manager === manager.manager &&
    entry.operation === manager.operation &&
    (manager.operation === "Apply" || entry.apiVersion === manager.apiVersion) &&
    entry.subresource === manager.subresource
  );
}

/** The entry without fields that somebody else has taken. */
export function reduced(entry: ManagedFieldsEntry, taken: FieldSet): ManagedFieldsEntry {
  const fields = fieldSetOf(entry);
  const lost = intersection(fields, taken);
  return isEmpty(lost) ? entry : { ...entry, fieldsV1: shared(difference(fields, lost)) };
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
  const fieldsV1 = shared(fields);
  const head = { manager: name, operation, apiVersion, time, fieldsType: "FieldsV1", fieldsV1 } as const;
  return subresource === undefined ? head : { ...head, subresource };
}

/** As many updating managers are told apart, as the API server does; the oldest become one. */
const mostUpdaters = 10;

export function setEntries(object: AnyObject, entries: readonly ManagedFieldsEntry[]): void {
  const kept = capped(entries.filter((entry) => !isEmpty(fieldSetOf(entry))).sort(byTime));
  if (kept.length > 0) object.metadata.managedFields = kept;
  else delete object.metadata.managedFields;
}

function byTime(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  const key = ({ operation, time = "", manager }: ManagedFieldsEntry) => `${operation} ${time} ${manager}`;
  return key(a) < key(b) ? -1 : 1;
}

function capped(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  const updates = entries.filter(({ operation }) => operation === "Update");
  const oldest = updates.slice(0, Math.max(0, updates.length - mostUpdaters + 1));
  const [first] = oldest;
  if (first === undefined || oldest.length < 2) return entries;
  const fieldsV1 = oldest.map(fieldSetOf).reduce(union);
  const merged = {
    ...without({ ...first }, "subresource"),
    manager: "ancient-changes",
    fieldsV1,
  } as ManagedFieldsEntry;
  return [...entries.filter((entry) => !oldest.includes(entry)), merged].sort(byTime);
}
