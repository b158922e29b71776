import type { NodeGroup } from "../nodes.ts";
import type { RateTrace, Trace } from "../trace.ts";

/** A public format of traces, recognised by its columns. */
export interface TraceFormat {
  /** For people, such as `Helios cluster_log.csv`. */
  readonly name: string;
  /** All of them, in any order; further ones are allowed. */
  readonly columns: readonly string[];
  open(context: ReadContext): RowReader;
}

export interface ReadContext {
  readonly name: string;
  /** What second 0 is, where the format does not say; a Monday unless told. */
  readonly startMs?: number | undefined;
  /** Bins of request traces; 60 s unless told. */
  readonly stepSeconds?: number | undefined;
  /** The place of a column in each row; -1 where the file does not have it. */
  column(name: string): number;
}

export interface RowReader {
  /** Takes a row, or says why it cannot be used. */
  row(fields: readonly string[]): string | undefined;
  finish(): ReadContent;
}

/** What was read, and what a person should know about it, such as that rows were sorted. */
export type ReadContent = { readonly notes: readonly string[] } & (
  | { readonly kind: "jobs"; readonly trace: Trace }
  | { readonly kind: "rates"; readonly trace: RateTrace }
  | { readonly kind: "nodes"; readonly nodes: readonly NodeGroup[] }
);

/** The cell of a column that the file may lack. */
export function cell(fields: readonly string[], column: number): string {
  return column < 0 ? "" : (fields[column] ?? "");
}
