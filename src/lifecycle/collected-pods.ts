import type { TimelineEntry } from "../timeline/entries.ts";

/** The reason of the event that says that a pod's log could not be read, and may be later. */
export const logNotCollected = "LogNotCollected";

/** Pods (by uid) whose logs an earlier command brought home after they had ended. */
export function collectedPods(entries: readonly TimelineEntry[]): Set<string> {
  const uids = new Map<string, string>();
  const collected = new Set<string>();
  for (const entry of entries) {
    if (entry.type === "pod") uids.set(`${entry.namespace}/${entry.name}`, entry.uid);
    if (entry.type === "log") collected.add(uids.get(`${entry.namespace}/${entry.pod}`) ?? "");
    if (entry.type === "event" && entry.reason === logNotCollected)
      collected.delete(uids.get(`${entry.namespace}/${entry.name}`) ?? "");
  }
  return collected;
}
