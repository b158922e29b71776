import type { RejectedRows } from "../trace.ts";

/** Counts what was wrong with rows, by cause. */
export interface Rejections {
  readonly count: number;
  reject(cause: string, line: number): void;
  /** Most frequent first. */
  summary(): RejectedRows;
}

export function newRejections(): Rejections {
  const causes = new Map<string, { count: number; readonly firstLine: number }>();
  let count = 0;
  return {
    get count() {
      return count;
    },
    reject(cause, line) {
      count += 1;
      const known = causes.get(cause);
      if (known === undefined) causes.set(cause, { count: 1, firstLine: line });
      else known.count += 1;
    },
    summary() {
      const all = [...causes].map(([cause, found]) => ({ cause, ...found }));
      return { count, causes: all.sort((a, b) => b.count - a.count || a.firstLine - b.firstLine) };
    },
  };
}
