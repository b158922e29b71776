import { type Columns, permuted, spanOf } from "./job-builder.ts";
import type { Trace } from "./trace.ts";

/** The jobs of these rows, in that order, which has to be that of submission; names that no job has any more are gone. */
export function rowsOf(trace: Trace, rows: Uint32Array): Trace {
  const columns = permuted(trace.jobs, rows);
  const users = renumbered(columns, "user", trace.users);
  const groups = renumbered(columns, "group", trace.groups);
  const jobs = { count: rows.length, ...columns };
  return { ...trace, jobs, users, groups, spanSeconds: spanOf(jobs) };
}

export function rowsWhere(trace: Trace, keep: (row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(trace.jobs.count);
  let kept = 0;
  for (let row = 0; row < trace.jobs.count; row += 1) {
    if (!keep(row)) continue;
    rows[kept] = row;
    kept += 1;
  }
  return rows.slice(0, kept);
}

/** Rows by the number in a column (`user` or `group`); what has none (-1) comes under -1. */
export function rowsBy(trace: Trace, column: "user" | "group"): ReadonlyMap<number, Uint32Array> {
  const numbers = trace.jobs[column];
  const sizes = new Map<number, number>();
  for (const number of numbers) sizes.set(number, (sizes.get(number) ?? 0) + 1);
  const rows = new Map([...sizes].map(([number, size]) => [number, { rows: new Uint32Array(size), filled: 0 }]));
  numbers.forEach((number, row) => {
    const own = rows.get(number);
    if (own === undefined) return;
    own.rows[own.filled] = row;
    own.filled += 1;
  });
  return new Map([...rows].map(([number, own]) => [number, own.rows]));
}

function renumbered(columns: Columns, key: "user" | "group", names: readonly string[]): readonly string[] {
  const left: string[] = [];
  const numbers = new Int32Array(names.length).fill(-1);
  columns[key] = columns[key].map((number) => {
    if (number < 0) return -1;
    if ((numbers[number] ?? -1) < 0) numbers[number] = left.push(names[number] ?? "") - 1;
    return numbers[number] ?? -1;
  });
  return left;
}
