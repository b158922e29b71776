import type { AnyObject, KubeObject } from "../../cluster/objects.ts";
import type { Column, Kind } from "../core/kinds.ts";
import { ageOf } from "./human-duration.ts";
import { jsonPath } from "./json-path.ts";
import { otherColumns, type PrintedColumn, printers } from "./printers.ts";

export interface TableOptions {
  /** Of the Table and of the metadata in its rows: `meta.k8s.io/v1`. */
  readonly apiVersion: string;
  /** How much of each object its row carries. */
  readonly includeObject: "None" | "Metadata" | "Object";
  readonly nowMs: number;
  /** A watch names the columns with its first event only. */
  readonly noHeaders?: boolean;
}

/** Objects as `kubectl get` shows them. `metadata` is the list's, or of a single object its version. */
export function tableOf(kind: Kind, objects: readonly KubeObject[], metadata: object, options: TableOptions): object {
  const columns = columnsOf(kind);
  const definitions = columns.map(({ name, type, format = "", priority = 0, description = "" }) => ({
    ...{ name, type, format, description, priority },
  }));
  return {
    kind: "Table",
    apiVersion: options.apiVersion,
    metadata,
    columnDefinitions: options.noHeaders ? null : definitions,
    rows: objects.map((object) => rowOf(columns, object as AnyObject, options)),
  };
}

const nameDescription =
  "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";

const nameColumn: PrintedColumn = {
  name: "Name",
  type: "string",
  format: "name",
  description: nameDescription,
  cell: ({ metadata }) => metadata.name ?? "",
};

function columnsOf(kind: Kind): readonly PrintedColumn[] {
  const own = printers[`${kind.apiVersion}/${kind.kind}`] ?? kind.columns?.map(customColumn) ?? otherColumns;
  // An event's name says nothing: it comes last
  return kind.kind === "Event" ? own : [nameColumn, ...own];
}

function customColumn(column: Column): PrintedColumn {
  const { name, type, jsonPath: path, priority, format } = column;
  const description = column.description || `Custom resource definition column (in JSONPath format): ${path}`;
  const cell = (object: AnyObject, nowMs: number) => cellOf(type, jsonPath(object, path), nowMs);
  return { name, type, description, cell, ...(priority && { priority }), ...(format && { format }) };
}

/** What does not fit its column's type is left empty. */
function cellOf(type: Column["type"], [value]: readonly unknown[], nowMs: number): unknown {
  if (value === undefined) return null;
  if (type === "string") return typeof value === "object" ? JSON.stringify(value) : String(value);
  if (type === "date") return ageOf(value, nowMs);
  if (type === "boolean") return typeof value === "boolean" ? value : null;
  if (typeof value !== "number") return null;
  return type === "integer" ? Math.trunc(value) : value;
}

function rowOf(
  columns: readonly PrintedColumn[],
  object: AnyObject,
  { apiVersion, includeObject, nowMs }: TableOptions,
) {
  const partial = { kind: "PartialObjectMetadata", apiVersion, metadata: object.metadata };
  const shown = { None: null, Metadata: partial, Object: object }[includeObject];
  return { cells: columns.map(({ cell }) => cell(object, nowMs)), ...finished(object), object: shown };
}

const ends: Record<string, string> = {
  Succeeded: "The pod has completed successfully.",
  Failed: "The pod failed.",
};

/** By a row's condition a client may hide pods that are over. */
function finished({ kind, status }: AnyObject & { status?: { phase?: string } }): object {
  const reason = status?.phase ?? "";
  const message = kind === "Pod" ? ends[reason] : undefined;
  return message === undefined ? {} : { conditions: [{ type: "Completed", status: "True", reason, message }] };
}
