import type { Node, NodeClaim, Pod } from "../../cluster/objects.ts";
import type { NodeDeps } from "./deps.ts";
import { initializedLabel, nodeOf } from "./node-state.ts";
import { isDeleting, nodeClaimKind, nodeKind, podKind, refOf, refTo } from "./refs.ts";

/**
 * Hears EC2: on a spot interruption's warning the NodeClaim is deleted, which drains its node in the two minutes that are
 * left; an instance that ended by itself takes its NodeClaim with it. With `interruptSpotAfterMs` it also causes one
 * interruption: of the first spot node that runs a pod, that long after the pod began.
 */
export function startInterruption(deps: NodeDeps, interruptSpotAfterMs: number | undefined): () => void {
  const { core, fleet, events } = deps;
  const stops = [
    fleet.subscribe((event, { claim: name, id }) => {
      const claim = core.find<NodeClaim>(refTo(nodeClaimKind, name));
      if (claim === undefined) return;
      if (event === "warned") {
        const message = `Spot interruption warning was triggered for ${id}: two minutes are left`;
        for (const object of [claim, nodeOf(core, claim)]) {
          if (object !== undefined) events.karpenter.record(object, "Warning", "SpotInterrupted", message);
        }
      }
      if (!isDeleting(claim)) core.delete(refOf(claim));
    }),
    interruptSpotAfterMs === undefined ? () => {} : interruptOnce(deps, interruptSpotAfterMs),
    interruptOnPurpose(deps),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Asks faults once about each spot node that is ready. */
function interruptOnPurpose({ core, clock, fleet, faults }: NodeDeps): () => void {
  const timers: (() => void)[] = [];
  const ask = (node: Node) => {
    const { labels = {}, deletionTimestamp } = node.metadata;
    const isReady = labels[initializedLabel] === "true" && deletionTimestamp === undefined;
    const afterMs = isReady && isSpot(node) ? faults?.spotWarningMs(node) : undefined;
    if (afterMs === undefined) return;
    timers.push(clock.schedule(afterMs, () => fleet.interrupt(node.metadata.name ?? ""), { background: true }));
  };
  const stops = [
    faults?.subscribe(() => core.list<Node>(nodeKind).items.forEach(ask)),
    core.subscribe<Node>(nodeKind, ({ type, object }) => type !== "DELETED" && ask(object)),
  ];
  return () => {
    for (const stop of [...stops, ...timers]) stop?.();
  };
}

function isSpot(node: Node | undefined): boolean {
  return node?.metadata.labels?.["karpenter.sh/capacity-type"] === "spot";
}

function interruptOnce({ core, clock, fleet }: NodeDeps, afterMs: number): () => void {
  let cancel: (() => void) | undefined;
  const unsubscribe = core.subscribe<Pod>(podKind, ({ object }) => {
    const node = object.spec?.nodeName;
    if (cancel !== undefined || object.status?.phase !== "Running" || !node) return;
    if (!isSpot(core.find<Node>(refTo(nodeKind, node)))) return;
    cancel = clock.schedule(afterMs, () => fleet.interrupt(node), { background: true });
  });
  return () => {
    unsubscribe();
    cancel?.();
  };
}
