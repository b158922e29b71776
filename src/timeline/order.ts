import type { TimelineEntry } from "./entries.ts";

/** Entries of one type. */
export type EntryOf<T extends TimelineEntry["type"]> = Extract<TimelineEntry, { readonly type: T }>;

/**
 * A timeline by the cluster's time, whatever order it was written in: a resumed run tells again what it finds. Ties are
 * settled by the time of writing and then by content, so that the result does not depend on the order given.
 */
export function inOrder(entries: readonly TimelineEntry[]): TimelineEntry[] {
  return [...entries].sort((a, b) => a.at - b.at || a.wall - b.wall || byContent(a, b));
}

function byContent(a: TimelineEntry, b: TimelineEntry): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : Number(left > right);
}

/** The entries of one type, in their order. */
export function only<T extends TimelineEntry["type"]>(entries: readonly TimelineEntry[], type: T): EntryOf<T>[] {
  return entries.filter((entry): entry is EntryOf<T> => entry.type === type);
}

/** Entries by key, keys in the order of their first entry. */
export function grouped<T>(entries: readonly T[], key: (entry: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const group = groups.get(key(entry));
    if (group === undefined) groups.set(key(entry), [entry]);
    else group.push(entry);
  }
  return groups;
}

/** When each state was first seen. Of repeated states the first counts. */
export function firstTimes<S extends string>(
  entries: readonly { readonly state: S; readonly at: number }[],
): Partial<Record<S, number>> {
  const times: Partial<Record<S, number>> = {};
  for (const { state, at } of entries) times[state] ??= at;
  return times;
}

/** The last value that any of the entries gives for a field; undefined when none does. */
export function latest<T, K extends keyof T>(entries: readonly T[], field: K): T[K] | undefined {
  return entries.findLast((entry) => entry[field] !== undefined)?.[field];
}

/** Dollars to the millionth: sums of what is shown are then what is shown as the sum. */
export function roundUsd(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}
