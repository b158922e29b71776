import type { KubeObject } from "../../cluster/objects.ts";
import type { Entry } from "../core/journal.ts";
import { freeze } from "../core/json.ts";
import { jsonText } from "../core/json-text.ts";

// Half of an object's text says who owns its fields, and objects that were made alike say the same. A file holds each
// such set of fields once, and its number in its place: half the bytes, a restart in half the time.

export interface PackedEntries {
  /** Sets of fields that are new in the file: their numbers follow those before. */
  readonly fields?: readonly object[];
  readonly entries: readonly Entry[];
}

/** So many sets get a number; those that come later stay in their place. */
const mostSets = 10_000;

/** What gives the entries of one file, in order, the text of `PackedEntries` without its braces. */
export function packer(): (entries: readonly Entry[]) => string {
  const numbers = new Map<string, number>();
  return (entries) => {
    const fields: string[] = [];
    const numberOf = (set: string): number | undefined => {
      const known = numbers.get(set);
      if (known !== undefined || numbers.size === mostSets) return known;
      fields.push(set);
      numbers.set(set, numbers.size);
      return numbers.size - 1;
    };
    const texts = entries.map(({ value, ...entry }) =>
      value === undefined ? JSON.stringify(entry) : withValue(JSON.stringify(entry), packedText(value, numberOf)),
    );
    return `"fields":[${fields.join()}],"entries":[${texts.join()}]`;
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

function withValue(entry: string, value: string): string {
  return `${entry.slice(0, -1)},"value":${value}}`;
}

/** Starts from the text that answers and watches made of the object. A set whose text is there twice stays as it is. */
function packedText(value: object, numberOf: (set: string) => number | undefined): string {
  let text = jsonText(value);
  for (const { fieldsV1 = {} } of managedFieldsOf(value)) {
    const set = jsonText(fieldsV1 as object);
    const field = `"fieldsV1":${set}`;
    const at = text.indexOf(field);
    const number = at === -1 || at !== text.lastIndexOf(field) ? undefined : numberOf(set);
    if (number !== undefined) text = `${text.slice(0, at)}"fieldsV1":${number}${text.slice(at + field.length)}`;
  }
  return text;
}

/** In a file, `fieldsV1` may be a number. */
function managedFieldsOf(value: unknown): readonly { fieldsV1?: unknown }[] {
  return (value as Partial<KubeObject> | undefined)?.metadata?.managedFields ?? [];
}
