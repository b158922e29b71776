import type { PodObserved, TimelineEntry } from "../timeline/entries.ts";
import type { Timed } from "./observations.ts";

/** A time in which pods of the run were on a node that others use as well. */
export interface NodeShare {
  /** The node, and which of the run's times on it this is: `ip-10-0-1-5`, then `ip-10-0-1-5 (2)`. */
  readonly name: string;
  readonly node: string;
  readonly from: number;
  /** Undefined while pods of the run are there. */
  readonly to?: number;
}

export interface NodeShares {
  /** Takes in what was observed of a pod. */
  hear(observed: Timed<PodObserved>): void;
  /** The shares that began, or ended, since this was asked last. */
  news(): NodeShare[];
}

interface Share {
  readonly name: string;
  readonly node: string;
  readonly from: number;
  /** By the pod's uid: when it left; undefined while it is there. */
  readonly stays: Map<string, number | undefined>;
  to?: number;
  told: boolean;
}

/**
 * Keeps account of which nodes a run uses where nodes are not its own: each from the first pod's binding to the last
 * one's end, which is what the run is said to have cost. What else ran there then, and the times between, are not looked
 * at: the whole node is counted while the run is on it. `known` is what earlier commands observed.
 */
export function nodeShares(known: readonly TimelineEntry[]): NodeShares {
  const byNode = new Map<string, Share[]>();
  const byPod = new Map<string, Share>();

  const begin = (node: string, uid: string, at: number) => {
    if (byPod.has(uid)) return;
    const shares = byNode.get(node) ?? [];
    const last = shares.at(-1);
    const share = last === undefined || last.to !== undefined ? nextShare(node, shares, at) : last;
    if (share !== last) byNode.set(node, [...shares, share]);
    share.stays.set(uid, undefined);
    byPod.set(uid, share);
  };
  const hear: NodeShares["hear"] = ({ at, observation: { uid, node, state } }) => {
    if (state === "scheduled" && node !== undefined) begin(node, uid, at);
    const share = byPod.get(uid);
    const hasLeft = state === "succeeded" || state === "failed" || state === "gone";
    if (hasLeft && share !== undefined && share.stays.get(uid) === undefined) share.stays.set(uid, at);
  };
  for (const entry of known) {
    if (entry.type === "pod") hear({ at: entry.at, observation: entry });
    const share =
      entry.type === "node" ? byNode.get(entry.node ?? "")?.find(({ name }) => name === entry.name) : undefined;
    if (share !== undefined && entry.type === "node" && entry.state === "gone") share.to = entry.at;
  }

  return {
    hear,
    news() {
      const open = [...byNode.values()].flatMap((shares) => shares.slice(-1)).filter(({ to }) => to === undefined);
      return open.flatMap((share) => {
        const began = !share.told;
        share.told = true;
        settle(share);
        return began || share.to !== undefined ? [shown(share)] : [];
      });
    },
  };
}

/** Never before the one before it ended: the clocks of two nodes need not agree. */
function nextShare(node: string, shares: readonly Share[], at: number): Share {
  const name = shares.length === 0 ? node : `${node} (${shares.length + 1})`;
  return { name, node, from: Math.max(at, shares.at(-1)?.to ?? at), stays: new Map(), told: false };
}

function settle(share: Share): void {
  const ends = [...share.stays.values()];
  if (ends.every((end) => end !== undefined)) share.to = Math.max(share.from, ...ends);
}

function shown({ name, node, from, to }: Share): NodeShare {
  return { name, node, from, ...(to !== undefined && { to }) };
}
