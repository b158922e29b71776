import type { ObjectApi } from "../cluster/api.ts";
import type { Node } from "../cluster/objects.ts";
import type { PodObserved, TimelineEntry } from "../timeline/entries.ts";
import { kinds } from "./kinds.ts";
import { shareObservations } from "./node-observations.ts";
import { type NodeShare, nodeShares } from "./node-shares.ts";
import type { Timed } from "./observations.ts";
import type { OrderedWriter } from "./ordered-writer.ts";
import type { Target } from "./target.ts";

export interface ShareRecorderOptions {
  readonly api: ObjectApi;
  readonly nodePrice: Target["nodePrice"];
  readonly known: readonly TimelineEntry[];
  /** Whether a node is one that others use, too; the environment's own are told of by their NodeClaims. */
  readonly isShared: (node: Node) => boolean;
  readonly write: OrderedWriter;
}

/** Writes into the timeline which nodes of others the run's pods are on, and when. */
export function shareRecorder(options: ShareRecorderOptions): { hear(observed: Timed<PodObserved>): void } {
  const { api, nodePrice, isShared, write } = options;
  const shares = nodeShares(options.known);
  const nodes = new Map<string, Promise<Node | undefined>>();
  let isDue = false;

  const nodeOf = (name: string) => {
    const asked = nodes.get(name) ?? api.read<Node>({ ...kinds.node, metadata: { name } }).catch(() => undefined);
    nodes.set(name, asked);
    return asked;
  };
  const observed = async (share: NodeShare) => {
    const node = await nodeOf(share.node);
    return node === undefined || isShared(node) ? shareObservations(share, node, nodePrice) : [];
  };
  const tellNews = () => {
    isDue = false;
    for (const share of shares.news()) write.later(observed(share));
  };

  return {
    hear(pod) {
      shares.hear(pod);
      if (isDue) return;
      isDue = true;
      // when all pods that came together were heard: one may have left a node that another is still on
      queueMicrotask(tellNews);
    },
  };
}
