import type { NodeObserved, TimelineEntry } from "../timeline/entries.ts";

type NodeEntry = Extract<TimelineEntry, { readonly type: "node" }>;

/**
 * Nodes that went while no command watched: known from the timeline, and no more in the cluster. They are told to be gone
 * from when they were missed, which is later than it was.
 * @param present names of the NodeClaims that there are
 */
export function missedNodes(known: readonly TimelineEntry[], present: ReadonlySet<string>): NodeObserved[] {
  const last = new Map<string, NodeEntry>();
  for (const entry of known) {
    if (entry.type === "node" && last.get(entry.name)?.state !== "gone") last.set(entry.name, entry);
  }
  return [...last.values()]
    .filter(({ name, state }) => state !== "gone" && !present.has(name))
    .map((entry) => ({ ...observationOf(entry), state: "gone", reason: "it went while no command watched" }));
}

function observationOf({ at: _, wall: __, ...observation }: NodeEntry): NodeObserved {
  return observation;
}
