import type { KubeObject } from "../../cluster/objects.ts";
import type { Entry } from "../core/journal.ts";
import { freeze } from "../core/json.ts";

// Half of an object's text says who owns its fields, and objects that were made alike say the same. A file holds each
// such set of fields once, and its number in its place: half the bytes, a restart in half the time.

export interface PackedEntries {
  /** Sets of fields that are new in the file: their numbers follow those before. */
  readonly fields?: readonly object[];
  readonly entries: readonly Entry[];
}

/** So many sets get a number; those that come later stay in their place. */
const mostSets = 10_000;

/** What packs the entries of one file, in order. */
export function packer(): (entries: readonly Entry[]) => PackedEntries {
  const numbers = new Map<string, number>();
  return (entries) => {
    const fields: object[] = [];
    const pack = (set: unknown): unknown => {
      const text = JSON.stringify(set);
      const number = numbers.get(text);
      if (number !== undefined || set === undefined || numbers.size === mostSets) return number ?? set;
      fields.push(set as object);
      numbers.set(text, numbers.size);
      return numbers.size - 1;
    };
    const packed = entries.map((entry) => withFields(entry, pack));
    return { ...(fields.length > 0 && { fields }), entries: packed };
  };
}

/** What unpacks the batches of one file, in order and in place. A batch that names a format begins anew. */
export function unpacker(): (batch: Partial<PackedEntries> & { readonly format?: number }) => void {
  let sets: object[] = [];
  return ({ format, fields = [], entries = [] }) => {
    if (format !== undefined) sets = [];
    for (const set of fields) sets.push(freeze(set));
    for (const { value } of entries)
      for (const owned of managedFieldsOf(value))
        if (typeof owned.fieldsV1 === "number") owned.fieldsV1 = sets[owned.fieldsV1];
  };
}

function withFields(entry: Entry, pack: (set: unknown) => unknown): Entry {
  const managedFields = managedFieldsOf(entry.value).map((one) => ({ ...one, fieldsV1: pack(one.fieldsV1) }));
  if (managedFields.length === 0) return entry;
  const object = entry.value as unknown as KubeObject;
  return { ...entry, value: { ...object, metadata: { ...object.metadata, managedFields } } };
}

/** In a file, `fieldsV1` may be a number. */
function managedFieldsOf(value: unknown): readonly { fieldsV1?: unknown }[] {
  return (value as Partial<KubeObject> | undefined)?.metadata?.managedFields ?? [];
}
